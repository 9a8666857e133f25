package org.fluidosgi.channel.internal.core;

import java.util.concurrent.CompletableFuture;
import org.fluidosgi.channel.Channel;
import org.fluidosgi.channel.NodeAddress;

/** One attempt to reach an address, shared by all who ask for it meanwhile. */
record Dial(NodeAddress address, CompletableFuture<Channel> result) {}
