/** The modules' activators behind one. */
@NullMarked
package org.fluidosgi.allinone.internal;

import org.jspecify.annotations.NullMarked;
