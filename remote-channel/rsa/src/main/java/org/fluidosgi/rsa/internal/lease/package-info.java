/** What a node leases to peers that are connected explicitly, and how it travels. */
@NullMarked
package org.fluidosgi.rsa.internal.lease;

import org.jspecify.annotations.NullMarked;
