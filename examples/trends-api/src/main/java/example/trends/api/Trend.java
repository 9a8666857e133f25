package example.trends.api;

/** One place in a region's list.
 * Shape: rank from 1 on; the hashtag begins with #; uses counted so far. */
public record Trend(int rank, String hashtag, long uses) {}
