package org.fluidosgi.framework.it;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** A method to be run on every framework. */
@Retention(RetentionPolicy.RUNTIME)
@interface Scenario {}
