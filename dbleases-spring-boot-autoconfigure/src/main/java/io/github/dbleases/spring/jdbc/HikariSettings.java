package io.github.dbleases.spring.jdbc;

import com.zaxxer.hikari.HikariConfigMXBean;
import com.zaxxer.hikari.HikariDataSource;
import java.util.Properties;
import javax.sql.DataSource;
import org.springframework.boot.jdbc.DataSourceUnwrapper;
import org.springframework.util.ClassUtils;

/**
 * What a Hikari pool is told about connections beside the URL: certificates, a prepare threshold for a pooler, the
 * schema. Own connections that lacked it would not reach the same tables.
 */
final class HikariSettings {

    private static final boolean PRESENT =
            ClassUtils.isPresent("com.zaxxer.hikari.HikariDataSource", HikariSettings.class.getClassLoader());

    private HikariSettings() {}

    /** Returns the properties for the driver; none when the pool is another one. */
    static Properties of(DataSource dataSource) {
        return PRESENT ? Hikari.settings(dataSource) : new Properties();
    }

    /** Loaded only where Hikari is there. */
    private static final class Hikari {

        static Properties settings(DataSource dataSource) {
            Properties settings = new Properties();
            HikariDataSource pool =
                    DataSourceUnwrapper.unwrap(dataSource, HikariConfigMXBean.class, HikariDataSource.class);
            if (pool != null) {
                pool.getDataSourceProperties().forEach((name, value) -> settings.put(name, String.valueOf(value)));
                if (pool.getSchema() != null) {
                    settings.put("currentSchema", '"' + pool.getSchema().replace("\"", "\"\"") + '"');
                }
            }
            return settings;
        }
    }
}
