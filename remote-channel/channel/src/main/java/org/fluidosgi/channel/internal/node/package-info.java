/** What makes a process a node: directory, identity, token, tasks. */
@NullMarked
package org.fluidosgi.channel.internal.node;

import org.jspecify.annotations.NullMarked;
