/** Tests of joining, verdicts and delivery with fakes. */
package org.fluidosgi.jgroups.internal.core;
