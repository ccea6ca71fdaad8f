package dev.dialplane.operator.sizing;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;

/** The times of day at which a pool has at least so many agents. */
public final class Floors {

    private static final CronParser UNIX = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

    private Floors() {}

    /**
     * One floor.
     *
     * @param begins when it begins
     * @param zone whose clock that goes by
     * @param lasts how long it lasts
     * @param agents how many agents there are at least
     */
    public record Floor(ExecutionTime begins, ZoneId zone, Duration lasts, int agents) {

        /**
         * Reads a floor.
         *
         * @param cron minute, hour, day of month, month, day of week
         * @throws IllegalArgumentException if the schedule or the time zone does not exist
         */
        public static Floor of(String cron, String timeZone, Duration lasts, int agents) {
            ZoneId zone;
            try {
                zone = ZoneId.of(timeZone);
            } catch (DateTimeException e) {
                throw new IllegalArgumentException(
                        "timeZone '%s' is not an IANA time zone such as Asia/Kolkata".formatted(timeZone), e);
            }
            try {
                return new Floor(ExecutionTime.forCron(UNIX.parse(cron)), zone, lasts, agents);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "cron '%s' is not a schedule such as 0 9 * * MON-SAT: %s".formatted(cron, e.getMessage()), e);
            }
        }

        private boolean inForce(Instant now) {
            ZonedDateTime local = now.atZone(zone);
            return begins.isMatch(local.withSecond(0).withNano(0))
                    || begins.lastExecution(local)
                            .map(begun -> begun.plus(lasts).isAfter(local))
                            .orElse(false);
        }
    }

    /** Returns the highest floor in force; 0 when none is. */
    public static int inForce(List<Floor> floors, Instant now) {
        return floors.stream()
                .filter(floor -> floor.inForce(now))
                .mapToInt(Floor::agents)
                .max()
                .orElse(0);
    }
}
