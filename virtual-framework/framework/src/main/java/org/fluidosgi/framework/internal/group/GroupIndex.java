package org.fluidosgi.framework.internal.group;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.internal.core.NodeIds.Numbers;
import org.fluidosgi.topology.spi.Region;
import org.jspecify.annotations.Nullable;

/** Finds bundles of the group by id and by location, which walks none, and keeps a list of all, sorted by id.
 * Invariant: what is given has at least the changes that were over when it was asked for. The list is made anew after a bundle came or went
 * or this node got other numbers, when it is asked for: a change of state makes none. Threads: any; never blocks, two may make the same
 * list at a time. */
final class GroupIndex {
  private static final long COUNTER_MASK = 0xffff_ffffL;

  private final LocalTable local;
  private final Function<LocalBundle, VirtualBundle> front;
  private final Supplier<GroupTables> others;
  private volatile @Nullable Made made;

  /** A list, and what it was made at. */
  private record Made(
      long here, long elsewhere, UUID group, int ordinal, List<VirtualBundle> bundles) {
    boolean holds(long hereNow, long elsewhereNow, Numbers now) {
      return here == hereNow
          && elsewhere == elsewhereNow
          && ordinal == now.ordinal()
          && group.equals(now.group());
    }
  }

  /** A bundle's id is read once: re-numbering may change it while the list is sorted. */
  private record Numbered(long id, VirtualBundle bundle) {
    static Numbered of(VirtualBundle bundle) {
      return new Numbered(bundle.getBundleId(), bundle);
    }
  }

  /** Shape: {@code front} gives what users see of a bundle of this node. */
  GroupIndex(
      LocalTable local, Function<LocalBundle, VirtualBundle> front, Supplier<GroupTables> others) {
    this.local = local;
    this.front = front;
    this.others = others;
  }

  /** The bundle of that id; of this node where two have it. */
  @Nullable
  VirtualBundle byId(long id) {
    GroupTables tables = others.get();
    LocalBundle here =
        id >> Integer.SIZE == tables.numbers().ordinal() ? local.known(id & COUNTER_MASK) : null;
    return here == null ? tables.byId(id) : front.apply(here);
  }

  /** The bundle of that location, of this node first, else of those that the region sees that of the lowest id. */
  @Nullable
  VirtualBundle byLocation(String location, Region region) {
    LocalBundle here = local.byLocation(location);
    return here == null ? others.get().byLocation(location, region) : front.apply(here);
  }

  /** All, by id. */
  List<VirtualBundle> all() {
    GroupTables tables = others.get();
    // Read before the bundles are: what changes while they are read makes this list old at once.
    Numbers numbers = tables.numbers();
    long here = local.changes();
    long elsewhere = tables.changes();
    Made last = made;
    if (last == null || !last.holds(here, elsewhere, numbers)) {
      last = new Made(here, elsewhere, numbers.group(), numbers.ordinal(), sorted(tables));
      made = last;
    }
    return last.bundles;
  }

  private List<VirtualBundle> sorted(GroupTables tables) {
    List<Numbered> all = new ArrayList<>();
    Stream.concat(local.sorted().stream().map(front), tables.bundles().stream())
        .map(Numbered::of)
        .forEach(all::add);
    all.sort(Comparator.comparingLong(Numbered::id));
    return all.stream().map(Numbered::bundle).toList();
  }
}
