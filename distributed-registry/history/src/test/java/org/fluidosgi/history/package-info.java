@org.jspecify.annotations.NullMarked
package org.fluidosgi.history;
