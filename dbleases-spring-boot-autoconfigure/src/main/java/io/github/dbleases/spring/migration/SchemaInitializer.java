package io.github.dbleases.spring.migration;

import org.springframework.beans.factory.InitializingBean;

/** Sees to the tables when it is initialized, after all that the application does to its database itself. */
public interface SchemaInitializer extends InitializingBean {}
