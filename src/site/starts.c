#include "site/starts.h"

#include <assert.h>
#include <string.h>

#include "site/static.h"

extern const struct static_file start_files[]; /* generated */

const struct start starts[] = {
    {"survey", "Survey", "Survey", "Questions of your own, answered on this site."},
    {"survey-link", "Survey", "Survey Link",
     "A survey that stands elsewhere; workers bring back its code."},
    {"image-classification", "Vision", "Image Classification", "One picture, one choice."},
    {"sentiment", "Language", "Sentiment Analysis", "How a text feels, and which words say so."},
    {"transcription", "Language", "Audio Transcription", "A recording is written down."},
    {"data-collection", "Other", "Data Collection",
     "Something is looked up and written into fields."},
    {"other", "Other", "Other", "One question and one field: the start for anything else."},
    {NULL, NULL, NULL, NULL},
};

const struct start *start_find(struct str name) {
    for (const struct start *s = starts; s->name; s++)
        if (str_is(name, s->name))
            return s;
    return NULL;
}

struct str start_layout(const struct start *start) {
    const struct static_file *f = start_files;
    while (f->name && strcmp(f->name, start->name) != 0)
        f++;
    assert(f->name); /* pages/layouts/layouts.list.in names each */
    return f->plain;
}
