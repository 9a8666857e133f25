/** Tests of the engine on real channels. */
package org.fluidosgi.jgroups.internal.jgroups;
