package org.fluidosgi.simulation.engine;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What each engine tells all addresses twice a second: that it lives, in which view, how many multicasts it has sent and
 * up to which it has delivered those of others. */
record Hello(Member from, @Nullable GroupView view, long sent, Map<Member, Long> delivered) {}
