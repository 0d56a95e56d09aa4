//! A single-particle model of a lithium-ion cell: diffusion in one sphere per electrode, Butler-Volmer kinetics, one ohmic
//! resistance. Parameters are published: NMC 811 with graphite-SiOx from Chen and others, J. Electrochem. Soc. 167 (2020) 080534; LFP
//! cell from Prada and others, J. Electrochem. Soc. 160 (2013) A616, with the LFP potential of Afshar and others, arXiv:1709.03970.
//! Ageing is loss of lithium and of active material at both electrodes; the true capacity is the charge between the voltage
//! limits at equilibrium. Neither knows anything of the method that is judged with it.

use battery::Chemistry;

const FARADAY: f64 = 96_485.332;
/// RT/F at 25 °C, V.
const THERMAL: f64 = 0.025_693;
/// Shells of a particle.
const SHELLS: usize = 20;

/// One electrode of a fresh cell of the published size.
#[derive(Clone, Copy)]
struct Electrode {
    /// Charge of all its lithium sites, Ah.
    capacity: f64,
    radius: f64,
    diffusivity: f64,
    /// Exchange current at a stoichiometry of one half, as a part of `capacity` per hour.
    exchange: f64,
    potential: fn(f64) -> f64,
}

impl Electrode {
    /// From active share of the volume, thickness (m), area (m²), sites (mol/m³), radius (m), diffusivity (m²/s), kinetic constant
    /// (A/m² per (mol/m³)^1.5) and concentration of the electrolyte (mol/m³).
    #[rustfmt::skip]
    #[expect(clippy::too_many_arguments, reason = "one row of the published table of parameters, in its order")]
    fn new(
        share: f64, thickness: f64, area: f64, sites: f64, radius: f64, diffusivity: f64, kinetic: f64, electrolyte: f64,
        potential: fn(f64) -> f64,
    ) -> Self {
        let capacity = share * thickness * area * sites * FARADAY / 3600.0;
        let surface = 3.0 * share / radius * thickness * area;
        let exchange = kinetic * electrolyte.sqrt() * sites * 0.5 * surface / capacity;
        Self { capacity, radius, diffusivity, exchange, potential }
    }
}

fn graphite(x: f64) -> f64 {
    1.9793 * (-39.3631 * x).exp() + 0.2482
        - 0.0909 * (29.8538 * (x - 0.1234)).tanh()
        - 0.04478 * (14.9159 * (x - 0.2769)).tanh()
        - 0.0205 * (30.4444 * (x - 0.6103)).tanh()
}

fn nmc(y: f64) -> f64 {
    -0.8090 * y + 4.4875
        - 0.0428 * (18.5138 * (y - 0.5542)).tanh()
        - 17.7326 * (15.7890 * (y - 0.3117)).tanh()
        + 17.5842 * (15.9308 * (y - 0.3120)).tanh()
}

fn lfp(y: f64) -> f64 {
    3.4077 - 0.020269 * y + 0.5 * (-150.0 * y).exp() - 0.9 * (-30.0 * (1.0 - y)).exp()
}

/// Loss of lithium, and of active material at the negative and the positive electrode, as parts.
#[derive(Clone, Copy, Debug)]
pub struct Ageing {
    /// Loss of lithium.
    pub lli: f64,
    /// Loss of negative active material.
    pub lam_n: f64,
    /// Loss of positive active material.
    pub lam_p: f64,
}

/// A cell of some age.
#[derive(Clone)]
pub struct Cell {
    negative: Electrode,
    positive: Electrode,
    /// Ah between the voltage limits at equilibrium.
    pub capacity: f64,
    /// The same of the fresh cell.
    pub fresh: f64,
    /// Voltage at which a charger holds.
    pub charge_volt: f64,
    /// Ω.
    resistance: f64,
    /// Stoichiometries at empty and full.
    x: [f64; 2],
    y: [f64; 2],
}

/// Charging as a vehicle does it: every so many seconds current (Ah of the fresh cell per hour), terminal voltage, and charge taken
/// since the start as a part of true capacity.
#[derive(Default)]
pub struct Curve {
    /// Current.
    pub rate: Vec<f64>,
    /// Voltage, V.
    pub volt: Vec<f64>,
    /// Charge taken.
    pub taken: Vec<f64>,
}

impl Cell {
    /// A cell of this chemistry and age. `None` where the loss is so great that no cell is left.
    pub fn new(chemistry: Chemistry, ageing: Ageing) -> Option<Self> {
        let fresh = Self::balanced(
            chemistry,
            Ageing {
                lli: 0.0,
                lam_n: 0.0,
                lam_p: 0.0,
            },
            1.0,
        )?;
        let mut cell = Self::balanced(chemistry, ageing, 1.0 + 3.0 * ageing.lli)?;
        cell.fresh = fresh.capacity;
        Some(cell)
    }

    fn balanced(chemistry: Chemistry, ageing: Ageing, resistance_growth: f64) -> Option<Self> {
        let (mut negative, mut positive, lithium, limits, charge_volt, resistance) = match chemistry {
            Chemistry::Nmc => {
                let area = 0.065 * 1.58;
                let negative = Electrode::new(
                    0.75, 8.52e-5, area, 33_133.0, 5.86e-6, 3.3e-14, 6.48e-7, 1000.0, graphite,
                );
                let positive = Electrode::new(
                    0.665, 7.56e-5, area, 63_104.0, 5.22e-6, 4e-15, 3.42e-6, 1000.0, nmc,
                );
                let lithium =
                    negative.capacity * 29_866.0 / 33_133.0 + positive.capacity * 17_038.0 / 63_104.0;
                (negative, positive, lithium, [2.5, 4.2], 4.2, 0.010)
            }
            Chemistry::Lfp => {
                let negative = Electrode::new(
                    0.58, 3.4e-5, 0.18, 30_555.0, 5e-6, 3e-15, 6.48e-7, 1200.0, graphite,
                );
                let positive = Electrode::new(0.374, 8e-5, 0.18, 22_806.0, 5e-8, 5.9e-18, 6e-7, 1200.0, lfp);
                let lithium = negative.capacity * 0.81 + positive.capacity * 0.0038;
                (negative, positive, lithium, [2.0, 3.6], 3.65, 0.012)
            }
        };
        negative.capacity *= 1.0 - ageing.lam_n;
        positive.capacity *= 1.0 - ageing.lam_p;
        let lithium = lithium * (1.0 - ageing.lli);
        let (qn, qp) = (negative.capacity, positive.capacity);
        let at = |x: f64| (positive.potential)((lithium - x * qn) / qp) - (negative.potential)(x);
        // The more lithium in the negative electrode, the higher the voltage.
        let solve = |volt: f64| {
            let (mut low, mut high) = (
                ((lithium - 0.9999 * qp) / qn).max(0.0005),
                (lithium / qn).min(0.9995),
            );
            for _ in 0..80 {
                let middle = 0.5 * (low + high);
                if at(middle) < volt {
                    low = middle
                } else {
                    high = middle
                }
            }
            0.5 * (low + high)
        };
        let x = [solve(limits[0]), solve(limits[1])];
        let y = x.map(|x| (lithium - x * qn) / qp);
        let capacity = (x[1] - x[0]) * qn;
        (capacity > 0.0).then_some(Self {
            negative,
            positive,
            capacity,
            fresh: capacity,
            charge_volt,
            resistance: resistance * resistance_growth,
            x,
            y,
        })
    }

    fn stoichiometry(&self, soc: f64) -> (f64, f64) {
        (
            self.x[0] + soc * (self.x[1] - self.x[0]),
            self.y[0] + soc * (self.y[1] - self.y[0]),
        )
    }

    /// Open-circuit voltage at a true state of charge.
    pub fn open_circuit(&self, soc: f64) -> f64 {
        let (x, y) = self.stoichiometry(soc);
        (self.positive.potential)(y) - (self.negative.potential)(x)
    }

    /// Charges from a rested state at a rate (fresh capacity per hour) until the taper falls below `end_rate`, or until `stop`
    /// of true capacity is taken; then rests for so many seconds. Gives the charge and the voltages of the rest.
    pub fn charge(
        &self,
        from: f64,
        rate: f64,
        end_rate: f64,
        stop: Option<f64>,
        rest_s: f64,
        step_s: f64,
    ) -> (Curve, Vec<f64>) {
        let (x, y) = self.stoichiometry(from);
        let mut n = Particle::new(&self.negative, x, step_s);
        let mut p = Particle::new(&self.positive, y, step_s);
        let mut curve = Curve::default();
        let mut charge = 0.0;
        let mut before = None;
        // No charge takes longer than two days.
        for _ in 0..(172_800.0 / step_s) as usize {
            n.relax();
            p.relax();
            let volt = |amps: f64| self.terminal(&n, &p, amps);
            let full = rate * self.fresh;
            let mut amps = full;
            if volt(full) > self.charge_volt {
                let (mut low, mut high) = (0.0, full);
                for _ in 0..40 {
                    let middle = 0.5 * (low + high);
                    if volt(middle) > self.charge_volt {
                        high = middle
                    } else {
                        low = middle
                    }
                }
                amps = 0.5 * (low + high);
            }
            let level = volt(amps);
            n.take(amps);
            p.take(-amps);
            if let Some(last) = before {
                charge += 0.5 * (amps + last) * step_s / 3600.0;
            }
            before = Some(amps);
            curve.rate.push(amps / self.fresh);
            curve.volt.push(level);
            curve.taken.push(charge / self.capacity);
            let tapered = amps < end_rate * self.fresh && curve.rate.len() > 3;
            if tapered || stop.is_some_and(|stop| charge / self.capacity >= stop) {
                break;
            }
        }
        let mut rest = Vec::new();
        for _ in 0..(rest_s / step_s) as usize {
            n.relax();
            p.relax();
            rest.push(self.terminal(&n, &p, 0.0));
            n.take(0.0);
            p.take(0.0);
        }
        (curve, rest)
    }

    /// Terminal voltage if this current flowed through the coming step.
    fn terminal(&self, n: &Particle, p: &Particle, amps: f64) -> f64 {
        let (x, y) = (n.surface(amps), p.surface(-amps));
        let loss = |electrode: &Electrode, stoichiometry: f64| {
            let shape = 2.0 * (stoichiometry * (1.0 - stoichiometry)).max(1e-6).sqrt();
            2.0 * THERMAL * (amps / (2.0 * electrode.exchange * electrode.capacity * shape)).asinh()
        };
        (self.positive.potential)(y) - (self.negative.potential)(x)
            + loss(&self.positive, y)
            + loss(&self.negative, x)
            + amps * self.resistance
    }
}

/// Stoichiometry over the radius of a particle. Each step is implicit, and linear in the current: what is there relaxes, and a
/// current adds a profile of fixed shape.
struct Particle {
    theta: [f64; SHELLS],
    relaxed: [f64; SHELLS],
    per_ampere: [f64; SHELLS],
    /// From the outermost shell's middle to the surface, per ampere.
    to_surface: f64,
    sub: [f64; SHELLS],
    diagonal: [f64; SHELLS],
    sup: [f64; SHELLS],
}

impl Particle {
    fn new(electrode: &Electrode, theta: f64, step_s: f64) -> Self {
        let width = electrode.radius / SHELLS as f64;
        let area = |shell: usize| (shell as f64 * width).powi(2);
        let volume =
            |shell: usize| (((shell + 1) as f64 * width).powi(3) - (shell as f64 * width).powi(3)) / 3.0;
        let (mut sub, mut diagonal, mut sup) = ([0.0; SHELLS], [1.0; SHELLS], [0.0; SHELLS]);
        for shell in 0..SHELLS {
            let factor = step_s * electrode.diffusivity / width / volume(shell);
            if shell > 0 {
                sub[shell] = -factor * area(shell);
            }
            if shell + 1 < SHELLS {
                sup[shell] = -factor * area(shell + 1);
            }
            diagonal[shell] = 1.0 - sub[shell] - sup[shell];
        }
        // All of the flux enters the outermost shell: Q dθ/dt over the whole, by volume.
        let mut source = [0.0; SHELLS];
        let whole = electrode.radius.powi(3) / 3.0;
        source[SHELLS - 1] = step_s / 3600.0 / electrode.capacity * whole / volume(SHELLS - 1);
        let mut particle = Self {
            theta: [theta; SHELLS],
            relaxed: [theta; SHELLS],
            per_ampere: source,
            to_surface: electrode.radius / (3.0 * electrode.capacity * 3600.0) / electrode.diffusivity
                * width
                / 2.0,
            sub,
            diagonal,
            sup,
        };
        particle.per_ampere = particle.solve(source);
        particle
    }

    fn solve(&self, mut right: [f64; SHELLS]) -> [f64; SHELLS] {
        let mut c = [0.0; SHELLS];
        let mut pivot = self.diagonal[0];
        right[0] /= pivot;
        for shell in 1..SHELLS {
            c[shell - 1] = self.sup[shell - 1] / pivot;
            pivot = self.diagonal[shell] - self.sub[shell] * c[shell - 1];
            right[shell] = (right[shell] - self.sub[shell] * right[shell - 1]) / pivot;
        }
        for shell in (0..SHELLS - 1).rev() {
            right[shell] -= c[shell] * right[shell + 1];
        }
        right
    }

    fn relax(&mut self) {
        self.relaxed = self.solve(self.theta);
    }

    /// At the surface, if so many amperes fill the particle.
    fn surface(&self, amps: f64) -> f64 {
        let outer = self.relaxed[SHELLS - 1] + amps * (self.per_ampere[SHELLS - 1] + self.to_surface);
        outer.clamp(1e-6, 1.0 - 1e-6)
    }

    fn take(&mut self, amps: f64) {
        for shell in 0..SHELLS {
            self.theta[shell] = self.relaxed[shell] + amps * self.per_ampere[shell];
        }
    }
}
