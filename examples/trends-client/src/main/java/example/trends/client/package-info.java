/** Shell commands that use a trend service. */
@NullMarked
package example.trends.client;

import org.jspecify.annotations.NullMarked;
