/* Runs a fuzz target without libFuzzer, with any compiler: first the files given (or all files of
 * folders given), then random mutations of them for some seconds.
 *
 *     fuzz-NAME [-s SECONDS] [-r SEED] [-o FILE] [FILE|FOLDER…]
 *
 * When the target crashes, the input is written to FILE (crash-input) and named together with
 * the seed. The same seed gives the same inputs.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { INPUT_MAX = 64 * 1024, FILES_MAX = 1000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

struct input {
    uint8_t *p;
    size_t n;
};

/* Seen by the signal handler, hence global. */
static struct input current;
static const char *crash_path = "crash-input";

static void crash_save(void) {
    static const char words[] = "fuzz: the input that crashed is in ";
    int fd = open(crash_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    ssize_t ignored = 0;
    if (fd >= 0) {
        ignored += write(fd, current.p, current.n);
        close(fd);
    }
    ignored += write(2, words, sizeof(words) - 1);
    ignored += write(2, crash_path, strlen(crash_path));
    ignored += write(2, "\n", 1);
    (void)ignored;
}

static void on_signal(int number) {
    crash_save();
    signal(number, SIG_DFL);
    raise(number);
}

static uint64_t random_next(uint64_t *state) { /* splitmix64 */
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static size_t below(uint64_t *state, size_t n) {
    return n ? (size_t)(random_next(state) % n) : 0;
}

static void run(const uint8_t *p, size_t n) {
    /* a block of exactly n bytes, so that a sanitizer sees any step beyond it */
    uint8_t *copy = malloc(n ? n : 1);
    if (!copy)
        abort();
    if (n)
        memcpy(copy, p, n);
    current = (struct input){copy, n};
    LLVMFuzzerTestOneInput(copy, n);
    current = (struct input){NULL, 0};
    free(copy);
}

static void load(const char *path, struct input *inputs, size_t *count) {
    struct stat st;
    if (stat(path, &st) != 0) {
        perror(path);
        exit(2);
    }
    if (S_ISDIR(st.st_mode)) {
        DIR *dir = opendir(path);
        struct dirent *e;
        while (dir && (e = readdir(dir))) {
            char name[4096];
            if (e->d_name[0] != '.' &&
                snprintf(name, sizeof(name), "%s/%s", path, e->d_name) < (int)sizeof(name))
                load(name, inputs, count);
        }
        if (dir)
            closedir(dir);
        return;
    }
    FILE *f = fopen(path, "rb");
    if (!f || *count == FILES_MAX)
        exit(2);
    struct input in = {malloc(INPUT_MAX), 0};
    if (!in.p)
        abort();
    in.n = fread(in.p, 1, INPUT_MAX, f);
    fclose(f);
    inputs[(*count)++] = in;
}

/* One change at a random place: flip, overwrite, insert, remove, repeat, or splice. */
static size_t mutate(uint8_t *p, size_t n, const struct input *other, uint64_t *r) {
    static const char *const words[] = {"%",  "%00", "\r\n", "--", "\\u",  "=", ";", ",",
                                        "\"", "{",   "[",    "/",  "\xff", "0", " ", "\\ud800"};
    size_t at = below(r, n + 1), room = INPUT_MAX - n;
    const uint8_t *from;
    size_t len;
    switch (below(r, 6)) {
    case 0:
        if (at < n)
            p[at] ^= (uint8_t)(1u << below(r, 8));
        return n;
    case 1:
        if (at < n)
            p[at] = (uint8_t)random_next(r);
        return n;
    case 2: /* remove */
        len = below(r, n - at + 1) % 32;
        memmove(p + at, p + at + len, n - at - len);
        return n - len;
    case 3: /* a word that means something to parsers */
        from = (const uint8_t *)words[below(r, sizeof(words) / sizeof(*words))];
        len = strlen((const char *)from);
        break;
    case 4: { /* repeat a piece */
        size_t start = below(r, n);
        from = p + start;
        len = below(r, n - start + 1) % 512;
        break;
    }
    default: { /* a piece of another input */
        size_t start = below(r, other->n);
        from = other->p + start;
        len = below(r, other->n - start + 1) % 512;
        break;
    }
    }
    uint8_t piece[512];
    if (len > room)
        return n;
    memcpy(piece, from, len);
    memmove(p + at + len, p + at, n - at);
    memcpy(p + at, piece, len);
    return n + len;
}

static uint64_t fuzz(struct input *inputs, size_t count, uint64_t seed, int seconds) {
    static uint8_t work[INPUT_MAX];
    uint64_t runs = 0, r = seed;
    time_t end = time(NULL) + seconds;
    while (time(NULL) < end) {
        for (int i = 0; i < 256; i++, runs++) {
            const struct input *start = &inputs[below(&r, count)];
            size_t n = start->n, steps = 1 + below(&r, 8);
            memcpy(work, start->p, n);
            for (size_t k = 0; k < steps; k++)
                n = mutate(work, n, &inputs[below(&r, count)], &r);
            run(work, n);
        }
    }
    return runs;
}

int main(int argc, char **argv) {
    static struct input inputs[FILES_MAX];
    size_t count = 0;
    int seconds = 0, option;
    uint64_t seed = (uint64_t)time(NULL);
    while ((option = getopt(argc, argv, "s:r:o:")) != -1) {
        if (option == 's')
            seconds = (int)strtol(optarg, NULL, 10);
        else if (option == 'r')
            seed = strtoull(optarg, NULL, 10);
        else if (option == 'o')
            crash_path = optarg;
        else
            return 2;
    }
    static const int fatal[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    for (size_t i = 0; i < sizeof(fatal) / sizeof(*fatal); i++)
        signal(fatal[i], on_signal);
    if (__sanitizer_set_death_callback)
        __sanitizer_set_death_callback(crash_save);
    for (int i = optind; i < argc; i++)
        load(argv[i], inputs, &count);
    for (size_t i = 0; i < count; i++)
        run(inputs[i].p, inputs[i].n);
    printf("%zu files, seed %llu\n", count, (unsigned long long)seed);
    fflush(stdout);
    if (count == 0) {
        inputs[0] = (struct input){(uint8_t[]){0}, 0};
        count = 1;
    }
    uint64_t runs = seconds > 0 ? fuzz(inputs, count, seed, seconds) : 0;
    printf("%llu mutations\n", (unsigned long long)runs);
    for (size_t i = 0; i < count; i++)
        free(inputs[i].n || inputs[i].p ? inputs[i].p : NULL);
    return 0;
}
