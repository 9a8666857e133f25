package org.fluidosgi.groupstore.internal.raft;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.microraft.model.impl.DefaultRaftModelFactory;
import io.microraft.model.log.LogEntry;
import io.microraft.persistence.RestoredRaftState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.groupstore.internal.core.Entries;
import org.fluidosgi.groupstore.internal.core.Write;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The voter's log: what was flushed is there after any crash, and nothing half. */
class RaftDiskTest {
  private static final UUID GROUP = new UUID(1, 1);
  private static final Voter SELF = new Voter(new NodeId(new UUID(0, 1)), new UUID(2, 2));
  private final DefaultRaftModelFactory models = new DefaultRaftModelFactory();

  private final CrashingDisk files = new CrashingDisk(new Random(1)); // forcing costs nothing

  @TempDir
  Path folder;

  private RaftDisk open(Path in) throws IOException {
    return RaftDisk.open(in, files, () -> {});
  }

  private RaftDisk begun(Path in) throws IOException {
    RaftDisk disk = open(in);
    disk.begin(GROUP, SELF, List.of(SELF), true, List.of());
    return disk;
  }

  private LogEntry entry(long index, int term) {
    return models
        .createLogEntryBuilder()
        .setIndex(index)
        .setTerm(term)
        .setOperation(new Write("k" + index, index - 1, new byte[] {(byte) term}))
        .build();
  }

  private void term(RaftDisk disk, int term) throws IOException {
    disk.persistAndFlushTerm(models
        .createRaftTermPersistentStateBuilder()
        .setTerm(term)
        .setVotedFor(SELF)
        .build());
  }

  /** What a restored state says, as text. */
  private static String describe(RaftDisk disk) throws IOException {
    if (disk.restored().isEmpty()) {
      return "nothing";
    }
    RestoredRaftState state = disk.restored().get();
    StringBuilder text =
        new StringBuilder("term " + state.getTermPersistentState().getTerm() + ":");
    if (state.getSnapshotEntry() != null) {
      text.append(" snapshot ").append(state.getSnapshotEntry().getIndex());
    }
    state
        .getLogEntries()
        .forEach(
            each -> text.append(' ').append(each.getIndex()).append('/').append(each.getTerm()));
    return text.toString();
  }

  @Test
  void cutAtEveryByteGivesTheStateAfterSomeFlush() throws IOException {
    RaftDisk disk = begun(folder);
    Path file = folder.resolve(RaftDisk.FORM.file());
    TreeMap<Long, String> states = new TreeMap<>();
    Runnable note = () -> {
      try {
        states.put(Files.size(file), describe(disk));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    };
    note.run();
    term(disk, 1);
    note.run();
    for (long index = 1; index <= 3; index++) {
      disk.persistLogEntries(List.of(entry(index, 1)));
      disk.flush();
      note.run();
    }
    disk.truncateLogEntriesFrom(2);
    disk.flush();
    note.run();
    term(disk, 2);
    note.run();
    disk.persistLogEntries(List.of(entry(2, 2)));
    disk.flush();
    note.run();
    disk.close();
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length <= whole.length; length++) {
      Path own = Files.createDirectories(folder.resolve("cut"));
      Files.write(own.resolve(RaftDisk.FORM.file()), Arrays.copyOf(whole, length));
      RaftDisk cut = open(own);
      // Before the first state the log belongs to nobody or is refused as incomplete.
      if (length >= states.firstKey()) {
        assertEquals(states.floorEntry((long) length).getValue(), describe(cut), "at " + length);
      }
      cut.close();
    }
  }

  @Test
  void beginningIsAllOrNothing() throws IOException {
    for (int failAt = 1; failAt < 12; failAt++) {
      Path own = folder.resolve("begin" + failAt);
      int[] left = {failAt};
      RaftDisk disk = RaftDisk.open(own, files, () -> {});
      RaftDisk failing = RaftDisk.open(
          own,
          (file, options) -> {
            if (left[0]-- <= 0) {
              throw new IOException("the process dies");
            }
            return files.open(file, options);
          },
          () -> {});
      disk.close();
      try {
        failing.begin(GROUP, SELF, List.of(SELF), true, List.of());
      } catch (IOException e) {
        assertTrue(e.getMessage().contains("the process dies"), e.getMessage());
      }
      files.crash();
      RaftDisk next = open(own);
      String found = describe(next);
      assertTrue(found.equals("nothing") || found.equals("term 0:"), found);
      next.close();
      if (left[0] >= 0) {
        return;
      }
    }
  }

  @Test
  void randomUseAgainstAModelThroughReopensAndCompactions() throws IOException {
    for (int seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      Path own = folder.resolve("seed" + seed);
      RaftDisk disk = RaftDisk.open(own, files, () -> {}, 2_000);
      disk.begin(GROUP, SELF, List.of(SELF), true, List.of());
      TreeMap<Long, Integer> model = new TreeMap<>();
      long snapshot = 0;
      int term = 1;
      for (int step = 0; step < 300; step++) {
        long last = model.isEmpty() ? snapshot : model.lastKey();
        switch (random.nextInt(8)) {
          case 0 -> {
            if (last > snapshot) {
              long from = snapshot + 1 + random.nextLong(last - snapshot);
              disk.truncateLogEntriesFrom(from);
              model.tailMap(from, true).clear();
            }
          }
          case 1 -> term(disk, ++term);
          case 2 -> {
            if (random.nextInt(4) == 0 && last > snapshot) {
              snapshot += 1 + random.nextLong(last - snapshot);
              snapshot(disk, snapshot, term);
              disk.truncateLogEntriesUntil(snapshot);
              model.headMap(snapshot, true).clear();
            }
          }
          case 3 -> {
            disk.flush();
            disk.close();
            disk = RaftDisk.open(own, files, () -> {}, 2_000);
          }
          default -> {
            disk.persistLogEntries(List.of(entry(last + 1, term)));
            model.put(last + 1, term);
          }
        }
        RestoredRaftState state = disk.restored().orElseThrow();
        List<String> expected = new ArrayList<>();
        model.forEach((index, of) -> expected.add(index + "/" + of));
        assertEquals(
            expected,
            state.getLogEntries().stream()
                .map(each -> each.getIndex() + "/" + each.getTerm())
                .toList(),
            "seed " + seed + " step " + step);
        assertEquals(
            snapshot,
            state.getSnapshotEntry() == null ? 0 : state.getSnapshotEntry().getIndex());
      }
      disk.flush();
      assertTrue(Files.size(own.resolve(RaftDisk.FORM.file())) < 60_000, "seed " + seed);
      disk.close();
    }
  }

  private void snapshot(RaftDisk disk, long index, int term) {
    for (int i = 0; i < 2; i++) {
      disk.persistSnapshotChunk(models
          .createSnapshotChunkBuilder()
          .setIndex(index)
          .setTerm(term)
          .setSnapshotChunkIndex(i)
          .setSnapshotChunkCount(2)
          .setGroupMembersView(models
              .createRaftGroupMembersViewBuilder()
              .setLogIndex(0)
              .setMembers(List.of(SELF))
              .setVotingMembers(List.of(SELF))
              .build())
          .setOperation(new Entries().snapshot().get(0))
          .build());
    }
  }

  @Test
  void halfASnapshotIsNotTaken() throws IOException {
    RaftDisk disk = begun(folder);
    disk.persistLogEntries(List.of(entry(1, 1), entry(2, 1)));
    disk.persistSnapshotChunk(models
        .createSnapshotChunkBuilder()
        .setIndex(2)
        .setTerm(1)
        .setSnapshotChunkIndex(0)
        .setSnapshotChunkCount(2)
        .setGroupMembersView(disk.restored().orElseThrow().getInitialGroupMembers())
        .setOperation(new byte[8])
        .build());
    disk.flush();
    disk.close();
    RaftDisk next = open(folder);
    assertEquals("term 0: 1/1 2/1", describe(next));
    next.close();
  }

  @Test
  void failedWriteIsTold() throws IOException {
    int[] told = {0};
    RaftDisk disk = RaftDisk.open(folder, files, () -> told[0]++);
    disk.begin(GROUP, SELF, List.of(SELF), true, List.of());
    disk.persistLogEntries(List.of(entry(1, 1)));
    disk.flush();
    files.full = true;
    disk.persistLogEntries(List.of(entry(2, 1)));
    assertThrows(IOException.class, disk::flush);
    files.full = false;
    assertThrows(IOException.class, disk::flush, "what was not written may not be built on");
    assertEquals(1, told[0]);
    disk.close();
    RaftDisk next = open(folder);
    assertEquals("term 0: 1/1", describe(next));
    assertFalse(next.isBroken());
    next.close();
  }

  @Test
  void contentIsWhatTheEntriesSay() throws IOException {
    RaftDisk disk = begun(folder);
    disk.persistLogEntries(List.of(
        models
            .createLogEntryBuilder()
            .setIndex(1)
            .setTerm(1)
            .setOperation(new Write("a", 0, new byte[] {7}))
            .build(),
        models
            .createLogEntryBuilder()
            .setIndex(2)
            .setTerm(1)
            .setOperation(new Write("b", 0, new byte[] {8}))
            .build()));
    disk.decided(1);
    disk.flush();
    disk.close();
    RaftDisk next = open(folder);
    assertArrayEquals(new byte[] {8}, next.content(false).get("b").value());
    assertArrayEquals(new byte[] {7}, next.content(true).get("a").value());
    assertEquals(0, next.content(true).get("b").version());
    next.close();
  }
}
