/** How every module reports a failure that its user can act on. */
package dev.sinter.error;
