package io.github.dbleases.spring.process;

import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.SimpleCommandLinePropertySource;

/**
 * Starts the code that was generated for {@link ShopApplication}. Spring Boot does so as well, but in what it takes for a
 * native image it wants a newer Java than this build.
 */
public final class GeneratedStart {

    private GeneratedStart() {}

    /** Starts it and returns. */
    @SuppressWarnings("unchecked")
    public static void main(String[] arguments) throws Exception {
        GenericApplicationContext context = new GenericApplicationContext();
        context.getEnvironment().getPropertySources().addFirst(new SimpleCommandLinePropertySource(arguments));
        context.getBeanFactory().setConversionService(ApplicationConversionService.getSharedInstance());
        Class<?> generated = Class.forName(ShopApplication.class.getName() + "__ApplicationContextInitializer");
        ((ApplicationContextInitializer<GenericApplicationContext>)
                        generated.getConstructor().newInstance())
                .initialize(context);
        context.refresh();
    }
}
