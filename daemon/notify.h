/*
 * Tells the service manager how it stands (sd_notify(3) protocol: READY=1, RELOADING=1, STOPPING=1, WATCHDOG=1, STATUS=…).
 * Owns nothing; does nothing where NOTIFY_SOCKET is not set. Our own 30 lines because libsystemd is not among the
 * libraries the daemon may hold.
 */
#ifndef HOERING_DAEMON_NOTIFY_H
#define HOERING_DAEMON_NOTIFY_H

#include <stdint.h>

#include "base/why.h"

void    notify(const char *fmt, ...) PRINTF_LIKE(1, 2);
/* Half of WATCHDOG_USEC in milliseconds, 0 when no watchdog is asked for. */
int64_t notify_watchdog_ms(void);

#endif
