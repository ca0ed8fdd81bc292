package io.github.dbleases.sample;

import io.github.dbleases.sample.launcher.Launch;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The order desk: instances that share the orders of a shop's customers, by the partitions of a lease. */
@SpringBootApplication
@EnableConfigurationProperties(SampleProperties.class)
@EnableScheduling
public class SampleApplication {

    public static void main(String[] args) throws Exception {
        Launch.run(SampleApplication.class, args);
    }
}
