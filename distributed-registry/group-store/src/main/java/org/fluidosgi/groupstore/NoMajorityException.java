package org.fluidosgi.groupstore;

import org.fluidosgi.channel.ChannelException;

/** The group store could not decide: too few voters answer, or none leads them.
 * Shape: the message names the voters and how many answer; the effect is none if nothing was proposed, else unknown: read the
 * entry again to see. */
public class NoMajorityException extends ChannelException {
  private static final long serialVersionUID = 1L;
  private final int answering;
  private final int voters;

  public NoMajorityException(Effect effect, int answering, int voters, String message) {
    super(Scope.NODE, effect, message);
    this.answering = answering;
    this.voters = voters;
  }

  /** How many voters answer, as this node sees it. */
  public int answering() {
    return answering;
  }

  /** How many voters there are, 0 when this node does not know them. */
  public int voters() {
    return voters;
  }
}
