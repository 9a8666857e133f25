/** The bridge to Event Admin, present or not. */
@NullMarked
package org.fluidosgi.rsa.internal.event;

import org.jspecify.annotations.NullMarked;
