/** Bundles in containers of their own, driven by Pax Exam. */
@NullMarked
package org.fluidosgi.itests.paxexam;

import org.jspecify.annotations.NullMarked;
