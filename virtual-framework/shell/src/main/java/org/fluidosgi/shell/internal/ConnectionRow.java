package org.fluidosgi.shell.internal;

/** A row of {@code connections}. */
public record ConnectionRow(String name, String node, String address, int references) {}
