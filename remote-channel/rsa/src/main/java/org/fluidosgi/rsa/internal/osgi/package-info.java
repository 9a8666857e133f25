/** The Remote Service Admin service, its registrations and class spaces. */
@NullMarked
package org.fluidosgi.rsa.internal.osgi;

import org.jspecify.annotations.NullMarked;
