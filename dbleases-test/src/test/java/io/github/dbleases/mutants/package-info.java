/** Safety lines that are broken on purpose, one at a time, and the tests that notice it. */
package io.github.dbleases.mutants;
