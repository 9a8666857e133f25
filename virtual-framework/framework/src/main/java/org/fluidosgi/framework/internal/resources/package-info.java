/** The class space of the group: what bundles provide and require, and which nodes and repositories provide what is required. */
@NullMarked
package org.fluidosgi.framework.internal.resources;

import org.jspecify.annotations.NullMarked;
