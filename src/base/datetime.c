#include "base/datetime.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/num.h"

static const char month_names[12][4] = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
};
static const char day_names[7][4] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};

int64_t time_wall_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t time_monotonic_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Division that rounds down, for times before 1970. */
static int64_t floor_div(int64_t a, int64_t b) {
    return a / b - (a % b < 0);
}

int64_t time_days_from_civil(int64_t year, int month, int day) {
    year -= month <= 2;
    int64_t era = floor_div(year, 400);
    int64_t yoe = year - era * 400;
    int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

void time_civil_from_days(int64_t days, int64_t *year, int *month, int *day) {
    days += 719468;
    int64_t era = floor_div(days, 146097);
    int64_t doe = days - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    *day = (int)(doy - (153 * mp + 2) / 5 + 1);
    *month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *year = yoe + era * 400 + (*month <= 2);
}

struct str time_iso(struct arena *a, int64_t ms) {
    int64_t year, days = floor_div(ms, DAY_MS);
    int month, day, in_day = (int)(ms - days * DAY_MS);
    time_civil_from_days(days, &year, &month, &day);
    char fraction[8] = "";
    if (in_day % 1000)
        snprintf(fraction, sizeof(fraction), ".%03d", in_day % 1000);
    int s = in_day / 1000;
    return str_printf(a, "%04lld-%02d-%02dT%02d:%02d:%02d%sZ", (long long)year, month, day,
                      s / 3600, s / 60 % 60, s % 60, fraction);
}

/* Takes exactly n digits from the front of s. */
static bool take_digits(struct str *s, size_t n, int *value) {
    int64_t v;
    if (s->n < n || !num_parse(str_sub(*s, 0, n), 0, 999999999, &v))
        return false;
    *value = (int)v;
    *s = str_from(*s, n);
    return true;
}

static bool take_char(struct str *s, char c) {
    if (s->n == 0 || s->p[0] != c)
        return false;
    *s = str_from(*s, 1);
    return true;
}

static bool date_valid(int year, int month, int day) {
    static const int lengths[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12 || day < 1)
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= lengths[month - 1] + (leap && month == 2);
}

/* "hh:mm[:ss[.fraction]]" into milliseconds of the day. */
static bool take_clock(struct str *s, int64_t *ms) {
    int h, m, sec = 0, frac = 0;
    if (!take_digits(s, 2, &h) || !take_char(s, ':') || !take_digits(s, 2, &m))
        return false;
    if (take_char(s, ':')) {
        if (!take_digits(s, 2, &sec))
            return false;
        if (take_char(s, '.')) {
            int digits = 0, unit = 100;
            while (s->n && s->p[0] >= '0' && s->p[0] <= '9' && digits < 9) {
                frac += (s->p[0] - '0') * unit;
                unit /= 10;
                digits++;
                *s = str_from(*s, 1);
            }
            if (!digits)
                return false;
        }
    }
    if (h > 23 || m > 59 || sec > 60)
        return false;
    *ms = ((int64_t)h * 3600 + m * 60 + sec) * 1000 + frac;
    return true;
}

static bool take_zone(struct str *s, int64_t *offset_ms) {
    *offset_ms = 0;
    if (s->n == 0 || take_char(s, 'Z') || take_char(s, 'z'))
        return s->n == 0;
    int sign = s->p[0] == '-' ? -1 : 1, h, m = 0;
    if (!take_char(s, '+') && !take_char(s, '-'))
        return false;
    if (!take_digits(s, 2, &h))
        return false;
    take_char(s, ':');
    if (s->n && !take_digits(s, 2, &m))
        return false;
    *offset_ms = sign * ((int64_t)h * 60 + m) * 60000;
    return s->n == 0 && h <= 14 && m <= 59;
}

bool time_parse_iso(struct str s, int64_t *ms) {
    int year, month, day;
    int64_t clock = 0, offset = 0;
    if (!take_digits(&s, 4, &year) || !take_char(&s, '-') || !take_digits(&s, 2, &month) ||
        !take_char(&s, '-') || !take_digits(&s, 2, &day) || !date_valid(year, month, day))
        return false;
    if (s.n) {
        if (!take_char(&s, 'T') && !take_char(&s, ' ') && !take_char(&s, 't'))
            return false;
        if (!take_clock(&s, &clock) || !take_zone(&s, &offset))
            return false;
    }
    *ms = time_days_from_civil(year, month, day) * DAY_MS + clock - offset;
    return true;
}

/* First Sunday on or after the day, as days since 1970. 1970-01-01 was a Thursday. */
static int64_t sunday_from(int64_t days) {
    int64_t weekday = (days + 4) - floor_div(days + 4, 7) * 7; /* 0 is Sunday */
    return days + (weekday ? 7 - weekday : 0);
}

int time_pacific_offset_s(int64_t ms) {
    int64_t year;
    int month, day;
    time_civil_from_days(floor_div(ms, DAY_MS), &year, &month, &day);
    /* 02:00 PST of the second Sunday of March is 10:00 UTC; 02:00 PDT in November is 09:00. */
    int64_t begin = sunday_from(time_days_from_civil(year, 3, 8)) * DAY_MS + 10 * 3600000;
    int64_t end = sunday_from(time_days_from_civil(year, 11, 1)) * DAY_MS + 9 * 3600000;
    return ms >= begin && ms < end ? -25200 : -28800;
}

static void put_digits(char *to, int width, int64_t n) {
    for (int i = width; i-- > 0; n /= 10)
        to[i] = (char)('0' + n % 10);
}

/* By hand, as a results file has six of them in each row: printf took a quarter of its time. */
struct str time_file(struct arena *a, int64_t ms, bool utc) {
    int offset = utc ? 0 : time_pacific_offset_s(ms);
    int64_t local_s = floor_div(ms, 1000) + offset;
    int64_t days = floor_div(local_s, 86400), year;
    int month, day, s = (int)(local_s - days * 86400);
    time_civil_from_days(days, &year, &month, &day);
    const char *weekday = day_names[days - floor_div(days, 7) * 7];
    const char *zone = utc ? "UTC" : offset == -25200 ? "PDT" : "PST";
    if (year < 0 || year > 9999)
        return str_printf(a, "%s %s %02d %02d:%02d:%02d %s %04lld", weekday, month_names[month - 1],
                          day, s / 3600, s / 60 % 60, s % 60, zone, (long long)year);
    static const char shape[] = "Sun Jan 00 00:00:00 PST 0000";
    char *text = arena_memdup(a, shape, sizeof shape);
    memcpy(text, weekday, 3);
    memcpy(text + 4, month_names[month - 1], 3);
    put_digits(text + 8, 2, day);
    put_digits(text + 11, 2, s / 3600);
    put_digits(text + 14, 2, s / 60 % 60);
    put_digits(text + 17, 2, s % 60);
    memcpy(text + 20, zone, 3);
    put_digits(text + 24, 4, year);
    return (struct str){text, sizeof shape - 1};
}

struct str time_pacific(struct arena *a, int64_t ms) {
    return time_file(a, ms, false);
}

static bool letters_offset_s(struct str zone, int *offset_s) {
    static const struct {
        const char *name;
        int offset_s;
    } zones[] = {{"PST", -28800}, {"PDT", -25200}, {"UTC", 0}, {"GMT", 0}, {"Z", 0}};
    for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
        if (str_is(zone, zones[i].name)) {
            *offset_s = zones[i].offset_s;
            return true;
        }
    return false;
}

static bool parse_named(struct str s, int64_t *ms) {
    struct str part[6];
    size_t n = 0;
    while (s.p && n < 6) {
        part[n] = str_cut(&s, ' ');
        n += part[n].n > 0;
    }
    int64_t day, year, clock;
    int offset_s, month = 0;
    if (n != 6 || s.p || !num_parse(part[2], 1, 31, &day) || !num_parse(part[5], 1970, 9999, &year))
        return false;
    for (int m = 0; m < 12; m++)
        if (str_is(part[1], month_names[m]))
            month = m + 1;
    struct str t = part[3];
    if (!month || !date_valid((int)year, month, (int)day) || !take_clock(&t, &clock) || t.n ||
        !letters_offset_s(part[4], &offset_s))
        return false;
    *ms = time_days_from_civil(year, month, (int)day) * DAY_MS + clock - (int64_t)offset_s * 1000;
    return true;
}

bool time_parse_file(struct str s, int64_t *ms) {
    s = str_trim(s);
    if (parse_named(s, ms))
        return true;
    struct str utc = STR(" UTC");
    if (str_ends(s, utc))
        s = str_sub(s, 0, s.n - utc.n);
    return time_parse_iso(s, ms);
}
