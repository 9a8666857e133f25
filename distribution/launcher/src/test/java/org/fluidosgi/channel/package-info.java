/** Stands for the channel's bundle. */
package org.fluidosgi.channel;
