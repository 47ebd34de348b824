/* A disk of our own, preloaded into the server: it has as much room as a test says, fails or lies when it is told to, and can
 * end the process in the middle of any write, or take a file away right before it is locked. What the kernel would do on a real disk, without a privilege to mount one.
 *
 * The test and the server share one small file, which $MESSENGER_DISK names; its fields are `struct disk`. Only regular
 * files count: what the server prints goes to pipes. A call that is refused changes nothing, as ENOSPC promises. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct disk {
    int64_t room;  /* bytes that files may still grow by */
    int64_t calls; /* calls so far that change a file or sync it */
    int64_t at;    /* the number of the call that goes wrong; 0: none */
    int64_t fault; /* how: an errno, 0 for SIGKILL before the call, or -1 for a write of other bytes */
    int64_t kinds; /* which calls can go wrong: 1 writes, 2 syncs, 3 both */
    int64_t gone;  /* files that lose their name right before they are locked */
};

enum { WRITES = 1, SYNCS = 2 };
enum { GOES_WELL = 0, FAILS = 1, LIES = 2 };

static struct disk *disk;

__attribute__((constructor)) static void find_disk(void) {
    const char *path = getenv("MESSENGER_DISK");
    int fd = path ? open(path, O_RDWR) : -1;
    if (fd < 0) return;
    void *at = mmap(NULL, sizeof *disk, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (at != MAP_FAILED) disk = at;
}

/* Whether a call goes wrong; errno then says how it fails. */
static int goes_wrong(int kind) {
    if (!(__atomic_load_n(&disk->kinds, __ATOMIC_SEQ_CST) & kind)) return GOES_WELL;
    int64_t call = __atomic_add_fetch(&disk->calls, 1, __ATOMIC_SEQ_CST);
    if (call != __atomic_load_n(&disk->at, __ATOMIC_SEQ_CST)) return GOES_WELL;
    int64_t fault = __atomic_load_n(&disk->fault, __ATOMIC_SEQ_CST);
    if (!fault) kill(getpid(), SIGKILL);
    if (fault < 0) return LIES;
    errno = (int)fault;
    return FAILS;
}

/* Other bytes in place of these, if the call is to lie; to be freed. */
static void *garbled(int wrong, const void *bytes, size_t size) {
    unsigned char *other = wrong == LIES ? malloc(size) : NULL;
    for (size_t at = 0; other && at < size; at++) other[at] = ((const unsigned char *)bytes)[at] ^ 0x55;
    return other;
}

/* Whether a file may grow until `end`; errno then says that it may not. */
static int is_full(const struct stat *file, int64_t end) {
    int64_t grows = end - file->st_size;
    if (grows <= 0) return 0;
    if (__atomic_sub_fetch(&disk->room, grows, __ATOMIC_SEQ_CST) >= 0) return 0;
    __atomic_add_fetch(&disk->room, grows, __ATOMIC_SEQ_CST);
    errno = ENOSPC;
    return 1;
}

static int is_ours(int fd, struct stat *file) {
    return disk && fstat(fd, file) == 0 && S_ISREG(file->st_mode);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *bytes, size_t size) {
    struct stat file;
    int wrong = is_ours(fd, &file) ? goes_wrong(WRITES) : GOES_WELL;
    if (wrong == FAILS || (is_ours(fd, &file) && is_full(&file, lseek(fd, 0, SEEK_CUR) + (int64_t)size))) return -1;
    void *other = garbled(wrong, bytes, size);
    ssize_t written = REAL(write)(fd, other ? other : bytes, size);
    free(other);
    return written;
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
    struct stat file;
    int wrong = is_ours(fd, &file) ? goes_wrong(WRITES) : GOES_WELL;
    if (wrong == FAILS || (is_ours(fd, &file) && is_full(&file, at + (int64_t)size))) return -1;
    void *other = garbled(wrong, bytes, size);
    ssize_t written = REAL(pwrite64)(fd, other ? other : bytes, size, at);
    free(other);
    return written;
}

int ftruncate64(int fd, off64_t size) {
    struct stat file;
    if (is_ours(fd, &file)) {
        if (goes_wrong(WRITES) == FAILS) return -1;
        /* A hole takes no room; what is cut off gives it back. */
        if (size < file.st_size) __atomic_add_fetch(&disk->room, file.st_size - size, __ATOMIC_SEQ_CST);
    }
    return REAL(ftruncate64)(fd, size);
}

int flock(int fd, int operation) {
    struct stat file;
    if (is_ours(fd, &file) && (operation & LOCK_EX) && __atomic_load_n(&disk->gone, __ATOMIC_SEQ_CST) > 0) {
        char link[64], path[4096];
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t length = readlink(link, path, sizeof path - 1);
        path[length < 0 ? 0 : length] = 0;
        __atomic_sub_fetch(&disk->gone, 1, __ATOMIC_SEQ_CST);
        unlink(path);
    }
    return REAL(flock)(fd, operation);
}

int fsync(int fd) {
    struct stat file;
    if (is_ours(fd, &file) && goes_wrong(SYNCS) == FAILS) return -1;
    return REAL(fsync)(fd);
}

int fdatasync(int fd) {
    struct stat file;
    if (is_ours(fd, &file) && goes_wrong(SYNCS) == FAILS) return -1;
    return REAL(fdatasync)(fd);
}
