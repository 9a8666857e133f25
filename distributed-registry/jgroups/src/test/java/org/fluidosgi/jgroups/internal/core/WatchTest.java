package org.fluidosgi.jgroups.internal.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelException.Effect;
import org.fluidosgi.channel.ChannelException.Scope;
import org.fluidosgi.channel.ConnectFailedException.Reason;
import org.fluidosgi.jgroups.internal.core.FakeMultiplexer.FakeChannel;
import org.junit.jupiter.api.Test;

class WatchTest {
  private static final ChannelException GONE =
      new ChannelException(Scope.CHANNEL, Effect.UNKNOWN, "gone");

  private final FakeMultiplexer multiplexer = new FakeMultiplexer();
  private final ManualEnv env = new ManualEnv();
  private final Set<Member> members = new HashSet<>();
  private final List<String> verdicts = new ArrayList<>();
  private final Watch watch = new Watch(
      "here",
      multiplexer,
      env,
      () -> members,
      new Watch.Verdicts() {
        @Override
        public void left(Member member) {
          verdicts.add("left " + member.incarnation());
        }

        @Override
        public void silent(Member member) {
          verdicts.add("silent " + member.incarnation());
        }
      },
      channel -> verdicts.add("opened"));

  private FakeChannel closedChannelOfMember() {
    FakeChannel channel = new FakeChannel(FakeMultiplexer.info(2, 1));
    members.add(Member.of(channel.peer()));
    channel.close();
    return channel;
  }

  @Test
  void refusedMeansLeft() {
    FakeChannel channel = closedChannelOfMember();
    multiplexer.fails(2, new CompletionException(FakeMultiplexer.REFUSED));
    watch.closed(channel, GONE);
    assertEquals(List.of("left 1"), verdicts);
  }

  @Test
  void anotherLifeMeansLeft() {
    FakeChannel channel = closedChannelOfMember();
    multiplexer.answers(2, FakeMultiplexer.info(2, 2));
    watch.closed(channel, GONE);
    assertEquals(List.of("left 1"), verdicts);
  }

  @Test
  void anotherNodeMeansLeft() {
    FakeChannel channel = closedChannelOfMember();
    multiplexer.answers(2, FakeMultiplexer.info(3, 1));
    watch.closed(channel, GONE);
    assertEquals(List.of("left 1"), verdicts);
  }

  @Test
  void sameLifeMeansNothing() {
    FakeChannel channel = closedChannelOfMember();
    multiplexer.answers(2, FakeMultiplexer.info(2, 1));
    watch.closed(channel, GONE);
    assertEquals(List.of(), verdicts);
    assertEquals(1, multiplexer.dialled.size());
  }

  @Test
  void noAnswerMeansSilent() {
    FakeChannel channel = closedChannelOfMember();
    multiplexer.fails(2, FakeMultiplexer.SILENT);
    watch.closed(channel, GONE);
    assertEquals(List.of("silent 1"), verdicts);
  }

  /** A process that is being killed may take one more connection before its port closes. */
  @Test
  void silentThenRefusedMeansLeft() {
    FakeChannel channel = closedChannelOfMember();
    multiplexer.fails(2, FakeMultiplexer.SILENT);
    watch.closed(channel, GONE);
    multiplexer.fails(2, FakeMultiplexer.REFUSED);
    env.pass(Watch.PROBE_PAUSE);
    assertEquals(List.of("silent 1", "left 1"), verdicts);
  }

  @Test
  void probesAreLimitedAndEndWithTheWatch() {
    FakeChannel channel = closedChannelOfMember();
    multiplexer.fails(2, FakeMultiplexer.SILENT);
    watch.closed(channel, GONE);
    env.pass(Watch.PROBE_PAUSE.multipliedBy(3 * Watch.PROBES_MAX));
    assertEquals(Watch.PROBES_MAX, multiplexer.dialled.size());
    assertEquals(List.of("silent 1"), verdicts);

    watch.closed(channel, GONE);
    watch.close();
    env.pass(Watch.PROBE_PAUSE.multipliedBy(2));
    assertEquals(Watch.PROBES_MAX + 1, multiplexer.dialled.size());
  }

  @Test
  void theReasonIsReadThroughWhatFuturesWrapAroundIt() {
    assertEquals(Reason.REFUSED, Failures.reason(new CompletionException(FakeMultiplexer.REFUSED)));
    assertEquals(Reason.REJECTED, Failures.reason(FakeMultiplexer.WRONG_TOKEN));
    assertEquals(Reason.SILENT, Failures.reason(new IllegalStateException("anything else")));
  }

  @Test
  void nonMemberIsNotProbed() {
    FakeChannel channel = closedChannelOfMember();
    members.clear();
    watch.closed(channel, GONE);
    assertEquals(List.of(), multiplexer.dialled);
  }

  @Test
  void replacedChannelIsNotProbed() {
    FakeChannel channel = closedChannelOfMember();
    FakeChannel other = new FakeChannel(channel.peer());
    multiplexer.open.put(other.peer().id(), other);
    watch.closed(channel, GONE);
    assertEquals(List.of(), multiplexer.dialled);
  }

  @Test
  void laterLifeThatOpensMeansTheEarlierHasLeft() {
    closedChannelOfMember();
    watch.opened(new FakeChannel(FakeMultiplexer.info(2, 2)));
    assertEquals(List.of("left 1", "opened"), verdicts);
  }
}
