/* What a server tells its disk, preloaded into it: every call that changes a file or a folder, and every sync, with its
 * bytes and in the order in which they happened. From that a test makes what a power cut could have left.
 *
 * $MESSENGER_TRACE names the file that they are appended to, one `struct step` and its bytes after the other; the test
 * appends its own. The kernel takes appends one by one, whoever makes them: what stands earlier in it happened earlier.
 *
 * With $MESSENGER_NORMAL set, a commit's sync is swallowed and not traced. The server has no setting for
 * `synchronous=NORMAL`, and this is all that it would do otherwise: SQLite then syncs its log after the log's header and
 * before a checkpoint, but not after the frames of a commit. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

struct step {
    int64_t kind;
    int64_t device, file; /* which file or folder */
    int64_t at;           /* where it is written, how long it gets, or the number of a sync */
    int64_t size;         /* of the bytes that follow: those written, or a path */
};

enum { WRITE = 1, TRUNCATE, SYNC_BEGINS, SYNC_ENDS, CREATE, UNLINK, RENAME };

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int trace = -1;
static int normal;
static int64_t syncs;
/* Held from before a change until it is traced, so that a sync traced later covers it and one traced earlier does not. */
static pthread_mutex_t change = PTHREAD_MUTEX_INITIALIZER;
/* Whether this thread's last call to a log wrote a frame: a commit's sync comes right after its frames. */
static __thread int wrote_frame;

__attribute__((constructor)) static void find_trace(void) {
    const char *path = getenv("MESSENGER_TRACE");
    if (path) trace = REAL(open)(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    normal = getenv("MESSENGER_NORMAL") != NULL;
}

static void append(int64_t kind, const struct stat *file, int64_t at, const void *bytes, int64_t size) {
    struct step step = {kind, (int64_t)file->st_dev, (int64_t)file->st_ino, at, size};
    struct iovec parts[] = {{&step, sizeof step}, {(void *)bytes, (size_t)size}};
    /* A trace with a hole would prove nothing. */
    if (writev(trace, parts, 2) != (ssize_t)sizeof step + size) abort();
}

static int is_ours(int fd, struct stat *file) {
    return trace >= 0 && fstat(fd, file) == 0 && S_ISREG(file->st_mode);
}

static int is_log(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path);
    return length > 4 && memcmp(path + length - 4, "-wal", 4) == 0;
}

/* Appends a write that was done; its result. */
static ssize_t written(int fd, const struct stat *file, const void *bytes, ssize_t size, int64_t at) {
    int error = errno;
    if (size > 0) append(WRITE, file, at, bytes, size);
    /* A log begins with a header of 32 bytes; frames are behind it. */
    if (normal && is_log(fd)) wrote_frame = at >= 32;
    errno = error;
    return size;
}

ssize_t write(int fd, const void *bytes, size_t size) {
    struct stat file;
    if (!is_ours(fd, &file)) return REAL(write)(fd, bytes, size);
    pthread_mutex_lock(&change);
    ssize_t done = REAL(write)(fd, bytes, size);
    done = written(fd, &file, bytes, done, lseek(fd, 0, SEEK_CUR) - done);
    pthread_mutex_unlock(&change);
    return done;
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
    struct stat file;
    if (!is_ours(fd, &file)) return REAL(pwrite64)(fd, bytes, size, at);
    pthread_mutex_lock(&change);
    ssize_t done = written(fd, &file, bytes, REAL(pwrite64)(fd, bytes, size, at), at);
    pthread_mutex_unlock(&change);
    return done;
}

int ftruncate64(int fd, off64_t size) {
    struct stat file;
    if (!is_ours(fd, &file)) return REAL(ftruncate64)(fd, size);
    pthread_mutex_lock(&change);
    int failed = REAL(ftruncate64)(fd, size);
    if (!failed) append(TRUNCATE, &file, size, NULL, 0);
    pthread_mutex_unlock(&change);
    return failed;
}

static int sync_file(int fd, int (*real)(int)) {
    struct stat file;
    if (trace < 0 || fstat(fd, &file) || !(S_ISREG(file.st_mode) || S_ISDIR(file.st_mode))) return real(fd);
    if (normal && is_log(fd)) {
        int commit = wrote_frame;
        wrote_frame = 0;
        if (commit) return 0;
    }
    int64_t number = __atomic_add_fetch(&syncs, 1, __ATOMIC_SEQ_CST);
    pthread_mutex_lock(&change);
    append(SYNC_BEGINS, &file, number, NULL, 0);
    pthread_mutex_unlock(&change);
    int failed = real(fd);
    if (!failed) append(SYNC_ENDS, &file, number, NULL, 0);
    return failed;
}

int fsync(int fd) { return sync_file(fd, REAL(fsync)); }

int fdatasync(int fd) { return sync_file(fd, REAL(fdatasync)); }

/* Opens a file, and traces it if that made it. */
static int open_file(int (*real)(const char *, int, ...), const char *path, int flags, mode_t mode) {
    struct stat file;
    if (trace < 0 || !(flags & O_CREAT)) return real(path, flags, mode);
    pthread_mutex_lock(&change);
    int is_new = lstat(path, &file) != 0;
    int fd = real(path, flags, mode);
    int error = errno;
    if (fd >= 0 && is_new && is_ours(fd, &file)) append(CREATE, &file, 0, path, (int64_t)strlen(path));
    errno = error;
    pthread_mutex_unlock(&change);
    return fd;
}

#define OPEN(name)                                                                                                     \
    int name(const char *path, int flags, ...) {                                                                       \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;                                        \
        va_end(rest);                                                                                                  \
        return open_file(REAL(name), path, flags, mode);                                                               \
    }
OPEN(open)
OPEN(open64)

int unlink(const char *path) {
    struct stat file;
    pthread_mutex_lock(&change);
    int known = trace >= 0 && lstat(path, &file) == 0;
    int failed = REAL(unlink)(path);
    if (!failed && known) append(UNLINK, &file, 0, path, (int64_t)strlen(path));
    pthread_mutex_unlock(&change);
    return failed;
}

int rename(const char *from, const char *to) {
    struct stat file;
    char both[8192];
    pthread_mutex_lock(&change);
    int known = trace >= 0 && lstat(from, &file) == 0;
    int failed = REAL(rename)(from, to);
    int size = snprintf(both, sizeof both, "%s%c%s", from, 0, to);
    if (!failed && known) append(RENAME, &file, 0, both, size);
    pthread_mutex_unlock(&change);
    return failed;
}
