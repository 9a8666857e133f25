/** Tests of discovery with a fake store. */
package org.fluidosgi.discovery.internal;
