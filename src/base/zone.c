#include "base/zone.h"

#define HOUR_MS INT64_C(3600000)

enum rule { RULE_NONE, RULE_US, RULE_EU, RULE_AUSTRALIA, RULE_NEW_ZEALAND };

struct zone {
    const char *name, *label;
    int minutes; /* of standard time, east of UTC */
    enum rule rule;
    const char *standard, *summer;
};

static const struct zone zones[] = {
    {"Pacific/Honolulu", "Hawaii", -600, RULE_NONE, "HST", "HST"},
    {"America/Anchorage", "Alaska", -540, RULE_US, "AKST", "AKDT"},
    {"America/Los_Angeles", "Pacific (Los Angeles)", -480, RULE_US, "PST", "PDT"},
    {"America/Phoenix", "Arizona", -420, RULE_NONE, "MST", "MST"},
    {"America/Denver", "Mountain (Denver)", -420, RULE_US, "MST", "MDT"},
    {"America/Mexico_City", "Mexico City", -360, RULE_NONE, "UTC-6", "UTC-6"},
    {"America/Chicago", "Central (Chicago)", -360, RULE_US, "CST", "CDT"},
    {"America/Bogota", "Bogotá, Lima", -300, RULE_NONE, "UTC-5", "UTC-5"},
    {"America/New_York", "Eastern (New York)", -300, RULE_US, "EST", "EDT"},
    {"America/Halifax", "Atlantic (Halifax)", -240, RULE_US, "AST", "ADT"},
    {"America/Sao_Paulo", "São Paulo, Buenos Aires", -180, RULE_NONE, "UTC-3", "UTC-3"},
    {"UTC", "UTC", 0, RULE_NONE, "UTC", "UTC"},
    {"Europe/London", "Britain, Ireland, Portugal", 0, RULE_EU, "GMT", "BST"},
    {"Africa/Lagos", "West Africa (Lagos)", 60, RULE_NONE, "WAT", "WAT"},
    {"Europe/Berlin", "Central Europe (Berlin, Paris, Rome)", 60, RULE_EU, "CET", "CEST"},
    {"Africa/Johannesburg", "South Africa", 120, RULE_NONE, "SAST", "SAST"},
    {"Europe/Athens", "Eastern Europe (Athens, Helsinki, Kyiv)", 120, RULE_EU, "EET", "EEST"},
    {"Africa/Nairobi", "East Africa (Nairobi)", 180, RULE_NONE, "EAT", "EAT"},
    {"Europe/Istanbul", "Istanbul, Moscow, Riyadh", 180, RULE_NONE, "UTC+3", "UTC+3"},
    {"Asia/Dubai", "Dubai", 240, RULE_NONE, "UTC+4", "UTC+4"},
    {"Asia/Karachi", "Pakistan", 300, RULE_NONE, "PKT", "PKT"},
    {"Asia/Kolkata", "India", 330, RULE_NONE, "IST", "IST"},
    {"Asia/Dhaka", "Dhaka", 360, RULE_NONE, "UTC+6", "UTC+6"},
    {"Asia/Bangkok", "Bangkok, Hanoi, Jakarta", 420, RULE_NONE, "UTC+7", "UTC+7"},
    {"Asia/Shanghai", "China, Singapore, Manila, Perth", 480, RULE_NONE, "UTC+8", "UTC+8"},
    {"Asia/Tokyo", "Japan, Korea", 540, RULE_NONE, "JST", "JST"},
    {"Australia/Sydney", "Sydney, Melbourne", 600, RULE_AUSTRALIA, "AEST", "AEDT"},
    {"Pacific/Auckland", "New Zealand", 720, RULE_NEW_ZEALAND, "NZST", "NZDT"},
};
enum { ZONES = sizeof zones / sizeof *zones };

const struct zone *zone_at(size_t i) {
    return i < ZONES ? &zones[i] : NULL;
}

const struct zone *zone_find(struct str name) {
    for (size_t i = 0; i < ZONES; i++) {
        if (str_is(name, zones[i].name))
            return &zones[i];
    }
    return NULL;
}

const char *zone_name(const struct zone *zone) {
    return zone->name;
}

const char *zone_label(const struct zone *zone) {
    return zone->label;
}

/* Midnight UTC of the first Sunday on or after a day; 1970-01-01 was a Thursday. */
static int64_t sunday(int64_t year, int month, int day) {
    int64_t days = time_days_from_civil(year, month, day), past = (days + 4) % 7;
    if (past < 0)
        past += 7;
    return (past ? days + 7 - past : days) * DAY_MS;
}

/* When summer begins and ends in the year, in UTC; standard: what the clocks are ahead by. South of
 * the equator it ends first. */
static void summer(enum rule rule, int64_t year, int64_t standard, int64_t *begin, int64_t *end) {
    *begin = *end = 0;
    switch (rule) {
    case RULE_NONE: break;
    case RULE_US: /* 02:00 of the clocks, second Sunday of March to first of November */
        *begin = sunday(year, 3, 8) + 2 * HOUR_MS - standard;
        *end = sunday(year, 11, 1) + HOUR_MS - standard;
        break;
    case RULE_EU: /* 01:00 UTC everywhere, last Sundays of March and October */
        *begin = sunday(year, 3, 25) + HOUR_MS;
        *end = sunday(year, 10, 25) + HOUR_MS;
        break;
    case RULE_AUSTRALIA: /* 02:00 of standard time, first Sundays of October and April */
        *begin = sunday(year, 10, 1) + 2 * HOUR_MS - standard;
        *end = sunday(year, 4, 1) + 2 * HOUR_MS - standard;
        break;
    case RULE_NEW_ZEALAND: /* the same, from the last Sunday of September */
        *begin = sunday(year, 9, 24) + 2 * HOUR_MS - standard;
        *end = sunday(year, 4, 1) + 2 * HOUR_MS - standard;
        break;
    }
}

int zone_offset_s(const struct zone *zone, int64_t ms, const char **letters) {
    if (!zone)
        zone = zone_find(STR("UTC"));
    int64_t standard = zone->minutes * INT64_C(60000), local = ms + standard, year, begin, end;
    int month, day;
    time_civil_from_days(local / DAY_MS - (local % DAY_MS < 0), &year, &month, &day);
    summer(zone->rule, year, standard, &begin, &end);
    bool is_summer = begin <= end ? ms >= begin && ms < end : ms >= begin || ms < end;
    if (letters)
        *letters = is_summer ? zone->summer : zone->standard;
    return zone->minutes * 60 + (is_summer ? 3600 : 0);
}

int64_t zone_to_utc(const struct zone *zone, int64_t local_ms) {
    int standard = zone ? zone->minutes * 60 : 0;
    int64_t in_summer = local_ms - (standard + 3600) * INT64_C(1000);
    if (zone_offset_s(zone, in_summer, NULL) == standard + 3600)
        return in_summer;
    return local_ms - standard * INT64_C(1000);
}
