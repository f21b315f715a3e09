/* Stands between a process and its files, below Python: what libraries write in C and C++ goes through here as well
 * (TensorFlow's events and SavedModels, FFmpeg's videos). Loaded before the C library (LD_PRELOAD) by fault_disk.py,
 * which says by fault_arm what is to fail, and reads by fault_deeds what was done.
 *
 * A deed is noted, and fails, before it is done. What a file descriptor is of is asked of the system at each deed.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST_WORDS (1 << 22)
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char folder[PATH_MAX], words[MOST_WORDS];
static size_t used;
static volatile int armed;
static int number, lasting;
static long fails, count;

/* From now on note what is done below `below` (ends with a slash); deed `deed` fails with errno `how`, or brings the
 * signal -how; with `all`, every later deed too. deed 0: none fails. */
void fault_arm(const char *below, long deed, int how, int all) {
    snprintf(folder, sizeof folder, "%s", below);
    fails = deed, number = how, lasting = all, count = 0, used = 0, words[0] = 0, armed = 1;
}

void fault_disarm(void) { armed = 0; }

/* Return the deeds since fault_arm, a line each. */
const char *fault_deeds(void) { return words; }

static int told(const char *deed, const char *path) {
    char whole[2 * PATH_MAX];
    int failing = 0;
    if (path[0] != '/' && getcwd(whole, PATH_MAX)) {
        strncat(whole, "/", 2);
        strncat(whole, path, PATH_MAX - 1);
        path = whole;
    }
    if (strncmp(path, folder, strlen(folder))) return 0;
    pthread_mutex_lock(&lock);
    count++;
    if (used + PATH_MAX < MOST_WORDS)
        used += (size_t)snprintf(words + used, PATH_MAX, "%s %s\n", deed, path + strlen(folder));
    failing = fails && (count == fails || (lasting && count > fails));
    pthread_mutex_unlock(&lock);
    if (failing && number < 0) {
        kill(getpid(), -number);
        return 0;
    }
    if (failing) errno = number;
    return failing;
}

static int fault(const char *deed, const char *path) { return armed && path && told(deed, path); }

static int fault_of(const char *deed, int fd) {
    char link[64], path[PATH_MAX];
    if (!armed || fd < 3) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return told(deed, path);
}

#define WRITES(flags) ((flags) & (O_WRONLY | O_RDWR))
#define OPEN(name)                                                                                                     \
    int name(const char *path, int flags, ...) {                                                                       \
        va_list more;                                                                                                  \
        va_start(more, flags);                                                                                         \
        mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;                                                      \
        va_end(more);                                                                                                  \
        return WRITES(flags) && fault("open", path) ? -1 : REAL(name)(path, flags, mode);                              \
    }
#define OPENAT(name)                                                                                                   \
    int name(int at, const char *path, int flags, ...) {                                                               \
        va_list more;                                                                                                  \
        va_start(more, flags);                                                                                         \
        mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;                                                      \
        va_end(more);                                                                                                  \
        int ours = at == AT_FDCWD || path[0] == '/';                                                                   \
        return ours && WRITES(flags) && fault("open", path) ? -1 : REAL(name)(at, path, flags, mode);                  \
    }
#define FOPEN(name)                                                                                                    \
    FILE *name(const char *path, const char *mode) {                                                                   \
        return strpbrk(mode, "wa+") && fault("open", path) ? NULL : REAL(name)(path, mode);                            \
    }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)
FOPEN(fopen)
FOPEN(fopen64)

ssize_t write(int fd, const void *from, size_t size) {
    return fault_of("write", fd) ? -1 : REAL(write)(fd, from, size);
}

ssize_t pwrite64(int fd, const void *from, size_t size, off64_t at) {
    return fault_of("write", fd) ? -1 : REAL(pwrite64)(fd, from, size, at);
}

ssize_t writev(int fd, const struct iovec *from, int size) {
    return fault_of("write", fd) ? -1 : REAL(writev)(fd, from, size);
}

ssize_t sendfile64(int to, int from, off64_t *at, size_t size) {
    static ssize_t (*real)(int, int, off64_t *, size_t);
    if (!real) real = dlsym(RTLD_NEXT, "sendfile64");
    return fault_of("write", to) ? -1 : real(to, from, at, size);
}

ssize_t copy_file_range(int from, off64_t *at, int to, off64_t *there, size_t size, unsigned flags) {
    return fault_of("write", to) ? -1 : REAL(copy_file_range)(from, at, to, there, size, flags);
}

int ftruncate64(int fd, off64_t size) { return fault_of("write", fd) ? -1 : REAL(ftruncate64)(fd, size); }

int fsync(int fd) { return fault_of("fsync", fd) ? -1 : REAL(fsync)(fd); }

size_t fwrite(const void *from, size_t size, size_t many, FILE *file) {
    return fault_of("write", fileno(file)) ? 0 : REAL(fwrite)(from, size, many, file);
}

int fflush(FILE *file) { return file && fault_of("flush", fileno(file)) ? EOF : REAL(fflush)(file); }

int mkdir(const char *path, mode_t mode) { return fault("mkdir", path) ? -1 : REAL(mkdir)(path, mode); }

int rename(const char *from, const char *to) { return fault("rename", to) ? -1 : REAL(rename)(from, to); }

int renameat2(int at, const char *from, int there, const char *to, unsigned flags) {
    return fault("rename", to) ? -1 : REAL(renameat2)(at, from, there, to, flags);
}
