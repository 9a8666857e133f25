/** Shell commands that use a shopping cart. */
@NullMarked
package example.cart.client;

import org.jspecify.annotations.NullMarked;
