package io.github.dbleases.sample.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.sample.SampleProperties;
import io.github.dbleases.sample.instance.LauncherControl;
import io.github.dbleases.sample.instance.LauncherControl.Launched;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InstanceProcessesTests {

    private static final JavaCommand COMMAND = new JavaCommand(Child.class);

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final Terminal terminal = new Terminal(new PrintStream(output, true, StandardCharsets.UTF_8));
    private final InstanceProcesses instances =
            new InstanceProcesses(terminal, COMMAND, List.of("--dbleases.ttl=3s"), List.of(1001, 1002));
    private ControlServer control;

    @BeforeEach
    void start() throws IOException {
        control = new ControlServer(instances);
        instances.startAll(control.address());
    }

    @AfterEach
    void end() {
        instances.close();
        control.close();
    }

    @Test
    void eachInstanceGetsItsNameItsPortAndTheArgumentsOfTheUser() {
        assertThat(awaitStart("instance-1").arguments())
                .isEqualTo("--dbleases.ttl=3s --sample.name=instance-1 --server.port=1001");
        assertThat(awaitStart("instance-2").arguments())
                .isEqualTo("--dbleases.ttl=3s --sample.name=instance-2 --server.port=1002");
    }

    @Test
    void anInstanceThatHasEndedIsStartedAgainOnRequestOfAnother() {
        LauncherControl asking = new LauncherControl(
                new SampleProperties("test", 0, Duration.ZERO, 1, Duration.ZERO, control.address()));
        ProcessHandle first = awaitStart("instance-1").process();
        ProcessHandle second = awaitStart("instance-2").process();
        assertThat(asking.start("instance-2")).as("a running instance").isFalse();
        assertThat(asking.start("instance-3")).as("an unknown instance").isFalse();

        second.destroyForcibly();

        await().until(() -> asking.instances()
                .equals(List.of(new Launched("instance-1", 1001, first.pid()), new Launched("instance-2", 1002, 0))));
        assertThat(asking.start("instance-2")).isTrue();
        assertThat(asking.instances())
                .extracting(Launched::pid)
                .allMatch(pid -> ProcessHandle.of(pid).isPresent())
                .doesNotContain(second.pid());
    }

    @Test
    void closingStopsAllInstancesInAnOrderlyWay() throws InterruptedException {
        List<ProcessHandle> processes = List.of(
                awaitStart("instance-1").process(), awaitStart("instance-2").process());

        instances.close();

        assertThat(processes).noneMatch(ProcessHandle::isAlive);
        assertThat(instances.awaitEnd()).isZero();
        assertThat(instances.start("instance-1")).as("start after the end").isFalse();
        await().untilAsserted(() -> assertThat(text()).contains("[instance-1] ends", "[instance-2] ends"));
    }

    @Test
    void aProcessThatDoesNotEndInTimeIsKilled() {
        ChildProcess stubborn = ChildProcess.start(
                "stubborn", COMMAND.with(List.of("stubborn")), Map.of(), line -> terminal.print("stubborn", line));
        ProcessHandle process = awaitStart("stubborn").process();

        assertThat(stubborn.end(100)).isFalse();

        assertThat(process.isAlive()).isFalse();
    }

    private record Started(ProcessHandle process, String arguments) {}

    private Started awaitStart(String name) {
        Pattern line = Pattern.compile("\\[%s] process (\\d+) with (.*)".formatted(name));
        await().until(() -> line.matcher(text()).find());
        Matcher found = line.matcher(text());
        assertThat(found.find()).isTrue();
        return new Started(ProcessHandle.of(Long.parseLong(found.group(1))).orElseThrow(), found.group(2));
    }

    private String text() {
        return output.toString(StandardCharsets.UTF_8);
    }
}
