package org.fluidosgi.jgroups.internal.jgroups;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import org.jgroups.Address;
import org.jgroups.protocols.pbcast.GMS;

/** The order of members after a merge: the larger group first; of equal ones that whose first member founded it rather than
 * was told to join somebody; then by the first member's node id. So whoever joins is numbered anew, not whom it joins.
 * Shape: looks only at what stands in the addresses, so that every node decides alike. Threads: any. Source: protocol-cluster. */
final class FairMerge extends GMS.DefaultMembershipPolicy {
  private static final Comparator<List<Address>> ORDER = Comparator.comparing(
          List<Address>::size, Comparator.reverseOrder())
      .thenComparing(group -> group.get(0), FairMerge::compareFirst);

  @Override
  public List<Address> getNewMembership(Collection<Collection<Address>> groups) {
    List<List<Address>> ordered = new ArrayList<>();
    for (Collection<Address> group : groups) {
      if (!group.isEmpty()) {
        ordered.add(List.copyOf(group));
      }
    }
    ordered.sort(ORDER);
    LinkedHashSet<Address> merged = new LinkedHashSet<>();
    ordered.forEach(merged::addAll);
    return new ArrayList<>(merged);
  }

  private static int compareFirst(Address a, Address b) {
    if (a instanceof MemberAddress one && b instanceof MemberAddress other) {
      int byFounding = one.founding().compareTo(other.founding());
      int byNode = one.member().node().compareTo(other.member().node());
      return byFounding != 0 ? byFounding : byNode != 0 ? byNode : one.compareTo(other);
    }
    return a.compareTo(b);
  }
}
