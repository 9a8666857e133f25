/** Explicit connections: dialling, the references that a peer leases, fetching and calling them. */
@NullMarked
package org.fluidosgi.rsa.internal.connect;

import org.jspecify.annotations.NullMarked;
