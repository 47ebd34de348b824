//! How often one may ask: GCRA limits by address, by account and by both, in memory.
//!
//! A person's wrong guesses limit only his own address: nobody can lock a classmate out, and there is no hint in the
//! answer whether the password was right. Rejected: a limit on the account alone, which would be that lock.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::config::Config;
use crate::error::{Error, Result};
use crate::ids::UserId;

/// All limits of the server; a clone is another handle on the same.
#[derive(Clone)]
pub struct Limits(Arc<Inner>);

struct Inner {
    on: bool,
    login: Keyed<(IpAddr, String)>,
    login_address: Keyed<IpAddr>,
    register: Keyed<IpAddr>,
    reset: Keyed<IpAddr>,
    code: Keyed<IpAddr>,
    mail: Keyed<UserId>,
    pin: Keyed<()>,
    message: Keyed<UserId>,
    upload: Keyed<UserId>,
    call: Keyed<UserId>,
    frame: Keyed<UserId>,
    /// Counts checks, so that who has been quiet is forgotten now and then.
    checks: AtomicU32,
}

/// Checks between two rounds of forgetting.
const FORGET_EVERY: u32 = 8192;

type Keyed<K> = DefaultKeyedRateLimiter<K>;

impl Limits {
    /// The limits, or none with `rate_limits = false`.
    pub fn new(config: &Config) -> Limits {
        let minute = Duration::from_secs(60);
        let hour = Duration::from_secs(3600);
        Limits(Arc::new(Inner {
            on: config.rate_limits,
            login: limiter(10, minute),
            login_address: limiter(30, minute / 30),
            register: limiter(
                config.registrations_per_hour,
                hour / config.registrations_per_hour.max(1),
            ),
            reset: limiter(5, hour / 5),
            code: limiter(10, minute),
            mail: limiter(5, minute),
            pin: limiter(300, minute / 10),
            message: limiter(20, Duration::from_secs(10) / 20),
            upload: limiter(60, hour / 60),
            call: limiter(500, Duration::from_millis(10)),
            frame: limiter(60, Duration::from_millis(50)),
            checks: AtomicU32::new(0),
        }))
    }

    /// A log-in: 10, then 1 a minute, for one name from one address; 30 a minute for an address.
    ///
    /// # Errors
    /// 429 with the seconds to wait; so for all of them.
    pub fn login(&self, address: IpAddr, name: &str) -> Result<()> {
        self.attempt(address)?;
        self.check(&self.0.login, &(network(address), name.to_owned()))
    }

    /// A try to register or to sign in, whatever comes of it: 30 a minute for an address.
    pub fn attempt(&self, address: IpAddr) -> Result<()> {
        self.check(&self.0.login_address, &network(address))
    }

    /// A registration.
    pub fn register(&self, address: IpAddr) -> Result<()> {
        self.check(&self.0.register, &network(address))
    }

    /// A request for a reset code: 5 an hour for an address.
    pub fn reset(&self, address: IpAddr) -> Result<()> {
        self.check(&self.0.reset, &network(address))
    }

    /// A try of a reset code: 10, then 1 a minute, for an address.
    pub fn code(&self, address: IpAddr) -> Result<()> {
        self.check(&self.0.code, &network(address))
    }

    /// A mail to see whether mail arrives: 5, then 1 a minute, for a person.
    pub fn mail(&self, user: UserId) -> Result<()> {
        self.check(&self.0.mail, &user)
    }

    /// A try of a PIN of the roster: as a log-in for one name from one address, and 300, then 10 a minute, for all names and
    /// addresses together: 5,100 in a day of eight hours, of a million PINs. With every address of a network at hand it
    /// takes a hundred such days until one PIN is more likely found than not.
    pub fn pin(&self, address: IpAddr, user: UserId) -> Result<()> {
        self.login(address, &format!("PIN of {user}"))?;
        self.check(&self.0.pin, &())
    }

    /// A message: 20 in 10 seconds for a person.
    pub fn message(&self, user: UserId) -> Result<()> {
        self.check(&self.0.message, &user)
    }

    /// An upload: 60, then 1 a minute, for a person.
    pub fn upload(&self, user: UserId) -> Result<()> {
        self.check(&self.0.upload, &user)
    }

    /// Any call of a signed-in person: 500, then 100 a second.
    pub fn call(&self, user: UserId) -> Result<()> {
        self.check(&self.0.call, &user)
    }

    /// A frame of a person's sockets, whatever it says: 60, then 20 a second.
    pub fn frame(&self, user: UserId) -> Result<()> {
        self.check(&self.0.frame, &user)
    }

    /// Whether anything is limited.
    pub fn are_on(&self) -> bool {
        self.0.on
    }

    /// Forgets who has been quiet long enough to begin anew.
    fn forget(&self) {
        self.0.login.retain_recent();
        self.0.login_address.retain_recent();
        self.0.register.retain_recent();
        self.0.reset.retain_recent();
        self.0.code.retain_recent();
        self.0.mail.retain_recent();
        self.0.message.retain_recent();
        self.0.upload.retain_recent();
        self.0.call.retain_recent();
        self.0.frame.retain_recent();
    }

    fn check<K: Hash + Eq + Clone>(&self, limiter: &Keyed<K>, key: &K) -> Result<()> {
        if !self.0.on {
            return Ok(());
        }
        if self.0.checks.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            self.forget();
        }
        limiter.check_key(key).map_err(|not_until| {
            let wait = not_until.wait_time_from(DefaultClock::default().now());
            Error::TooMany(wait.as_secs_f64().ceil().max(1.0) as u64)
        })
    }
}

fn limiter<K: Hash + Eq + Clone>(burst: u32, replenish: Duration) -> Keyed<K> {
    let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
    let quota = Quota::with_period(replenish).unwrap_or(Quota::per_second(NonZeroU32::MIN));
    RateLimiter::keyed(quota.allow_burst(burst))
}

/// Whom an address stands for: an IPv6 household has 2^64 of them.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 => v4,
    }
}
