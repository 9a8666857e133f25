/** The probe's activator and its commands. */
@NullMarked
package org.fluidosgi.itests.probe.internal;

import org.jspecify.annotations.NullMarked;
