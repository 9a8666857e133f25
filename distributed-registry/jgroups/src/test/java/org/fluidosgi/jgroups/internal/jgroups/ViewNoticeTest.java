package org.fluidosgi.jgroups.internal.jgroups;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.jgroups.internal.core.Member;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.Event;
import org.jgroups.Message;
import org.jgroups.View;
import org.jgroups.stack.Protocol;
import org.jgroups.util.Util;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which notices of a view are believed. */
class ViewNoticeTest {
  private static final MemberAddress A = address(1);
  private static final MemberAddress B = address(2);
  private static final MemberAddress C = address(3);

  private final List<Message> sent = new ArrayList<>();
  private final List<Message> passed = new ArrayList<>();
  private final List<List<Address>> expelled = new ArrayList<>();
  private final ViewNotice notice = new ViewNotice((own, gone) -> {
    assertEquals(5, own.getId());
    expelled.add(gone);
  });

  private static MemberAddress address(int node) {
    return new MemberAddress(member(node), 0);
  }

  private static Member member(int node) {
    return new Member(new NodeId(new java.util.UUID(0, node)), 1);
  }

  @BeforeEach
  void isMemberOfThree() throws Exception {
    Class.forName(Stack.class.getName()); // tells JGroups of our addresses
    notice.setId((short) 4004);
    notice.addr(C);
    notice.setDownProtocol(new Protocol() {
      @Override
      public Object down(Event event) {
        return null;
      }

      @Override
      public Object down(Message message) {
        sent.add(message);
        return null;
      }
    });
    notice.setUpProtocol(new Protocol() {
      @Override
      public Object up(Message message) {
        passed.add(message);
        return null;
      }
    });
    notice.down(new Event(Event.VIEW_CHANGE, new View(A, 5, List.of(A, B, C))));
  }

  private void told(Address from, View view) throws Exception {
    notice.up(new BytesMessage(C)
        .setSrc(from)
        .putHeader((short) 4004, new ViewNotice.Mark())
        .setArray(Util.streamableToBuffer(view)));
  }

  @Test
  void aLaterViewOfMembersWithoutUsExpels() throws Exception {
    told(B, new View(A, 6, List.of(A, B, address(4))));
    assertEquals(List.of(List.of(A, B)), expelled);
    assertEquals(List.of(), passed);
  }

  @Test
  void anEarlierViewOneWithUsAndOneOfStrangersDoNot() throws Exception {
    told(B, new View(A, 5, List.of(A, B)));
    told(B, new View(A, 4, List.of(A, B)));
    told(B, new View(A, 6, List.of(A, B, C)));
    told(B, new View(A, 6, List.of(A)));
    told(address(4), new View(address(4), 6, List.of(address(4), A)));
    assertEquals(List.of(), expelled);
  }

  @Test
  void garbageIsDroppedAndTheRestPasses() throws Exception {
    notice.up(new BytesMessage(C)
        .setSrc(A)
        .putHeader((short) 4004, new ViewNotice.Mark())
        .setArray(new byte[] {127, 127, 127, 127, 127, 127, 127}));
    notice.up(new BytesMessage(C).setSrc(A).putHeader((short) 4004, new ViewNotice.Mark()));
    Message other = new BytesMessage(C).setSrc(A);
    notice.up(other);
    assertEquals(List.of(), expelled);
    assertEquals(List.of(other), passed);
  }

  @Test
  void whatIsToldIsOurView() throws Exception {
    ChannelAddress to = new ChannelAddress(member(4), new NodeAddress("127.0.0.1", 1));
    notice.tell(to);
    assertEquals(1, sent.size());
    assertEquals(to, sent.get(0).getDest());
    View told = Util.streamableFromBuffer(
        View::new, sent.get(0).getArray(), sent.get(0).getOffset(), sent.get(0).getLength());
    assertEquals(new View(A, 5, List.of(A, B, C)), told);
  }
}
