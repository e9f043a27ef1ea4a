/* Help on the requester's site (requester-site 1): undoing, files, money and deadlines on one page,
 * with this market's own fees. */
#include "market/fees.h"
#include "site/page.h"
#include "site/rows.h"

static struct err show_help(struct call *call, struct ctx *ctx) {
    struct fee_rates rates;
    struct err e = fee_load(ctx, &rates);
    if (failed(e))
        return e;
    unsigned rights = route_rights(&call->session);
    struct tpl_help page = {
        .fees = !rates.off,
        .base_pct = rates.base_pct,
        .many_pct = rates.many_pct,
        .many_from = rates.many_from,
        .masters_pct = rates.masters_pct,
        .bonus_pct = rates.bonus_pct,
        .least = rates.min_cents,
        .may_own = (rights & MAY_OWN) != 0,
    };
    return page_show(call, &(struct page){.title = "Help"}, tpl_help_view(&page));
}

const struct route site_help_rows[] = {
    {.method = "GET",
     .pattern = "/requester/help",
     .help = "How to undo, review by file, and what money and deadlines mean.",
     .may = MAY_READ,
     .kind = CALL_READ,
     .run = show_help},
    {.method = NULL},
};
