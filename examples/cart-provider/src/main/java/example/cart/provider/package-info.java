/** Shopping carts kept in fields. */
@NullMarked
package example.cart.provider;

import org.jspecify.annotations.NullMarked;
