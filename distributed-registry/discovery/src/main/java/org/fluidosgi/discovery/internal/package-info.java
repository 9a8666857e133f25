/** Endpoint descriptions as records: what this framework exports is published, what others export is told to the listeners here. */
@NullMarked
package org.fluidosgi.discovery.internal;

import org.jspecify.annotations.NullMarked;
