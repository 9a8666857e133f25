/** A trend service that counts from a data file. */
@NullMarked
package example.trends.provider;

import org.jspecify.annotations.NullMarked;
