//! The operations of the field, in each layout, against fiat-crypto and num-bigint.
//!
//! A handful of registers is filled with adversarial numbers and with the results of earlier operations, as their layout left
//! them; every operation takes any registers that its documentation allows. Some operands are computed from a result that is
//! wished for: one that the last subtraction of p brings about without a carry, which no random operand ever meets. Assertions
//! are on, so that a limb beyond its bound is a panic.

use crate::numbers::{P, Random, bytes, inverse, number, power, root, small};
use crate::tally::Tally;
use fiat_crypto::p256_64::{
    fiat_p256_add, fiat_p256_from_bytes, fiat_p256_from_montgomery,
    fiat_p256_montgomery_domain_field_element as Montgomery, fiat_p256_mul,
    fiat_p256_non_montgomery_domain_field_element as Plain, fiat_p256_square, fiat_p256_sub,
    fiat_p256_to_bytes, fiat_p256_to_montgomery,
};
use mfakit_p256::layouts::{Field, Limbs4x64, Limbs8x32, Limbs9x29};
use num_bigint::BigUint;
use std::fmt::Debug;
use std::marker::PhantomData;

/// Cases of a smoke run, for each layout.
const SMOKE: u64 = 60_000;
const REGISTERS: usize = 12;

pub(crate) fn run(cases: Option<u64>, seed: u64) -> Tally {
    let cases = cases.unwrap_or(SMOKE);
    let mut total = Tally::default();
    one_layout::<Real<Limbs4x64>>("4x64", cases, seed, &mut total);
    one_layout::<Real<Limbs8x32>>("8x32", cases, seed, &mut total);
    one_layout::<Real<Limbs9x29>>("9x29", cases, seed, &mut total);

    for (name, fault) in
        [("a product keeps p", Fault::MulKeepsP), ("a sum keeps p", Fault::AddKeepsP)]
    {
        FAULT.set(fault);
        let mut control = Tally::quiet();
        Machine::<Faulty>::new(seed).run(SMOKE, &mut control);
        total.control(name, &control);
    }
    total
}

fn one_layout<A: Arithmetic>(name: &str, cases: u64, seed: u64, total: &mut Tally) {
    let mut tally = Tally::default();
    let mut machine = Machine::<A>::new(seed);
    machine.run(cases, &mut tally);
    // Without these, the run has shown little.
    tally.case(machine.without_carry > cases / 100, || format!("{name}: few results below 2^224"));
    tally.case(machine.zeros > cases / 1000, || format!("{name}: few zeros"));
    println!(
        "{name}: {} passed, {} failed; p taken without a carry {} times, {} zeros",
        tally.passed, tally.failed, machine.without_carry, machine.zeros
    );
    total.add(&tally);
}

/// What a layout can do; the real ones, and one that is wrong.
trait Arithmetic {
    type E: Copy + Debug;
    fn zero() -> Self::E;
    fn one() -> Self::E;
    fn from_words(words: &[u64; 4]) -> Self::E;
    fn to_words(a: Self::E) -> [u64; 4];
    fn pack(a: Self::E) -> [u64; 4];
    fn unpack(words: &[u64; 4]) -> Self::E;
    fn add(a: &Self::E, b: &Self::E) -> Self::E;
    fn sub(a: &Self::E, b: &Self::E) -> Self::E;
    fn double(a: &Self::E) -> Self::E;
    fn tight(a: Self::E) -> Self::E;
    fn half(a: &Self::E) -> Self::E;
    fn mul(a: &Self::E, b: &Self::E) -> Self::E;
    fn square(a: &Self::E) -> Self::E;
    fn mul_sub(a: &Self::E, b: &Self::E, c: &Self::E, d: &Self::E) -> Self::E;
    fn mul_sub_square(a: &Self::E, b: &Self::E, c: &Self::E) -> Self::E;
    fn is_zero(a: &Self::E) -> bool;
    fn invert(a: &Self::E) -> Self::E;
}

struct Real<F>(PhantomData<F>);

impl<F: Field> Arithmetic for Real<F> {
    type E = F;
    fn zero() -> F {
        F::ZERO
    }
    fn one() -> F {
        F::ONE
    }
    fn from_words(words: &[u64; 4]) -> F {
        F::from_words(words)
    }
    fn to_words(a: F) -> [u64; 4] {
        a.to_words()
    }
    fn pack(a: F) -> [u64; 4] {
        a.pack()
    }
    fn unpack(words: &[u64; 4]) -> F {
        F::unpack(words)
    }
    fn add(a: &F, b: &F) -> F {
        a.add(b)
    }
    fn sub(a: &F, b: &F) -> F {
        a.sub(b)
    }
    fn double(a: &F) -> F {
        a.double()
    }
    fn tight(a: F) -> F {
        a.tight()
    }
    fn half(a: &F) -> F {
        a.half()
    }
    fn mul(a: &F, b: &F) -> F {
        a.mul(b)
    }
    fn square(a: &F) -> F {
        a.square()
    }
    fn mul_sub(a: &F, b: &F, c: &F, d: &F) -> F {
        F::mul_sub(a, b, c, d)
    }
    fn mul_sub_square(a: &F, b: &F, c: &F) -> F {
        F::mul_sub_square(a, b, c)
    }
    fn is_zero(a: &F) -> bool {
        a.is_zero()
    }
    fn invert(a: &F) -> F {
        a.invert()
    }
}

/// What the control does wrong: it leaves a result between p and 2^256 as it is.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    MulKeepsP,
    AddKeepsP,
}

thread_local! {
    static FAULT: std::cell::Cell<Fault> = const { std::cell::Cell::new(Fault::MulKeepsP) };
}

struct Faulty;

impl Faulty {
    /// Below p again, as the layout wants it.
    fn sound(words: &[u64; 4]) -> Limbs4x64 {
        Limbs4x64::unpack(&to_words(&(from_words(words) % &*P)))
    }

    fn keep(fault: Fault, result: Limbs4x64) -> [u64; 4] {
        let result = result.pack();
        let kept = from_words(&result) + &*P;
        if FAULT.get() == fault && kept.bits() <= 256 { to_words(&kept) } else { result }
    }
}

impl Arithmetic for Faulty {
    type E = [u64; 4];
    fn zero() -> Self::E {
        [0; 4]
    }
    fn one() -> Self::E {
        Limbs4x64::ONE.pack()
    }
    fn from_words(words: &[u64; 4]) -> Self::E {
        Limbs4x64::from_words(words).pack()
    }
    fn to_words(a: Self::E) -> [u64; 4] {
        Self::sound(&a).to_words()
    }
    fn pack(a: Self::E) -> [u64; 4] {
        a
    }
    fn unpack(words: &[u64; 4]) -> Self::E {
        *words
    }
    fn add(a: &Self::E, b: &Self::E) -> Self::E {
        Self::keep(Fault::AddKeepsP, Self::sound(a).add(&Self::sound(b)))
    }
    fn sub(a: &Self::E, b: &Self::E) -> Self::E {
        Self::sound(a).sub(&Self::sound(b)).pack()
    }
    fn double(a: &Self::E) -> Self::E {
        Self::sound(a).double().pack()
    }
    fn tight(a: Self::E) -> Self::E {
        a
    }
    fn half(a: &Self::E) -> Self::E {
        Self::sound(a).half().pack()
    }
    fn mul(a: &Self::E, b: &Self::E) -> Self::E {
        Self::keep(Fault::MulKeepsP, Self::sound(a).mul(&Self::sound(b)))
    }
    fn square(a: &Self::E) -> Self::E {
        Self::sound(a).square().pack()
    }
    fn mul_sub(a: &Self::E, b: &Self::E, c: &Self::E, d: &Self::E) -> Self::E {
        let [a, b, c, d] = [a, b, c, d].map(Self::sound);
        Limbs4x64::mul_sub(&a, &b, &c, &d).pack()
    }
    fn mul_sub_square(a: &Self::E, b: &Self::E, c: &Self::E) -> Self::E {
        let [a, b, c] = [a, b, c].map(Self::sound);
        Limbs4x64::mul_sub_square(&a, &b, &c).pack()
    }
    fn is_zero(a: &Self::E) -> bool {
        *a == [0; 4]
    }
    fn invert(a: &Self::E) -> Self::E {
        Self::sound(a).invert().pack()
    }
}

/// What may be done with an element; see the documentation of the trait.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Class {
    Tight,
    /// Of two tight ones.
    Difference,
    /// Of two tight ones.
    Sum,
    /// What is made of this many tight ones, three or four.
    Many(u64),
}

impl Class {
    /// Of how many tight ones it is made.
    fn terms(self) -> u64 {
        match self {
            Self::Tight => 1,
            Self::Difference | Self::Sum => 2,
            Self::Many(terms) => terms,
        }
    }

    /// The sum, or `or`, of elements of these classes.
    fn with(self, other: Self, or: Self) -> Self {
        match self.terms() + other.terms() {
            2 => or,
            terms => Self::Many(terms),
        }
    }
}

/// One number, as the layout, num-bigint and fiat-crypto have it.
#[derive(Clone, Debug)]
struct Register<E> {
    element: E,
    class: Class,
    value: BigUint,
    fiat: Fiat,
}

struct Machine<A: Arithmetic> {
    random: Random,
    /// R and 1/R modulo p, and whether R is 2^256, as fiat-crypto's is.
    radix: BigUint,
    unradix: BigUint,
    saturated: bool,
    registers: Vec<Register<A::E>>,
    without_carry: u64,
    zeros: u64,
}

impl<A: Arithmetic> Machine<A> {
    fn new(seed: u64) -> Self {
        let radix = from_words(&A::pack(A::one()));
        let saturated = radix == power(256) % &*P;
        assert!(saturated || radix == power(261) % &*P, "another radix: {radix:x}");
        let unradix = inverse(&radix, &P);
        let mut random = Random::new(seed);
        let registers = Vec::new();
        // Filled before the machine runs.
        let first = random.next();
        let mut machine = Self {
            random: Random::new(first),
            radix,
            unradix,
            saturated,
            registers,
            without_carry: 0,
            zeros: 0,
        };
        for _ in 0..REGISTERS {
            let register = machine.fresh();
            machine.registers.push(register);
        }
        machine
    }

    fn run(&mut self, cases: u64, tally: &mut Tally) {
        self.fixed(tally);
        for _ in 0..cases {
            self.step(tally);
        }
    }

    /// What no chance must decide: the ends of the range, and the products of all of them.
    fn fixed(&mut self, tally: &mut Tally) {
        let ends: Vec<BigUint> = (0..4_u8)
            .map(|d| small(d.into()))
            .chain((1..4_u8).map(|d| &*P - d))
            .chain([power(32), power(64), power(224), power(255), (&*P - 1_u8) >> 1_u8])
            .chain([power(224) - 1_u8, power(224) + 1_u8, power(256) % &*P, power(261) % &*P])
            .collect();
        for a in &ends {
            for b in &ends {
                let (a, b) = (self.of_packed(a), self.of_packed(b));
                let product = &a.value * &b.value;
                self.result(
                    "mul",
                    A::mul(&a.element, &b.element),
                    Class::Tight,
                    product,
                    a.fiat.mul(&b.fiat),
                    tally,
                );
                let difference = &a.value + &*P - &b.value;
                self.result(
                    "sub",
                    A::sub(&a.element, &b.element),
                    Class::Difference,
                    difference,
                    a.fiat.sub(&b.fiat),
                    tally,
                );
                let sum = &a.value + &b.value;
                self.result(
                    "add",
                    A::add(&a.element, &b.element),
                    Class::Sum,
                    sum,
                    a.fiat.add(&b.fiat),
                    tally,
                );
            }
            let words = to_words(a);
            tally.case(A::to_words(A::from_words(&words)) == words, || format!("words of {a:x}"));
            tally.case(A::pack(A::unpack(&words)) == words, || format!("packed {a:x}"));
        }
    }

    /// A number whose Montgomery form this is.
    fn of_packed(&self, packed: &BigUint) -> Register<A::E> {
        let value = packed * &self.unradix % &*P;
        Register {
            element: A::unpack(&to_words(packed)),
            class: Class::Tight,
            fiat: Fiat::new(&value),
            value,
        }
    }

    fn of_value(&self, value: &BigUint) -> Register<A::E> {
        Register {
            element: A::from_words(&to_words(value)),
            class: Class::Tight,
            fiat: Fiat::new(value),
            value: value.clone(),
        }
    }

    fn pattern(&mut self) -> BigUint {
        // Below 2^224 is what a Montgomery product has only if p was taken without a carry.
        if self.random.one_in(8) {
            let long = self.random.below(225) as usize;
            return self.random.bits() >> (256 - long);
        }
        loop {
            let pattern = self.random.pattern();
            if pattern < *P {
                return pattern;
            }
        }
    }

    fn fresh(&mut self) -> Register<A::E> {
        let pattern = self.pattern();
        if self.random.one_in(4) { self.of_value(&pattern) } else { self.of_packed(&pattern) }
    }

    /// Any register of this class or a tighter one.
    fn any(&mut self, most: Class) -> Register<A::E> {
        for _ in 0..64 {
            let place = self.random.below(REGISTERS as u64) as usize;
            if self.registers[place].class <= most {
                return self.registers[place].clone();
            }
        }
        self.fresh()
    }

    fn keep(&mut self, register: Register<A::E>) {
        let place = self.random.below(REGISTERS as u64) as usize;
        self.registers[place] = register;
    }

    fn step(&mut self, tally: &mut Tally) {
        use Class::{Difference, Many, Sum, Tight};
        if self.random.one_in(6) {
            let fresh = self.fresh();
            self.keep(fresh);
        }
        if self.random.one_in(5) {
            return self.wished(tally);
        }
        match self.random.below(12) {
            11 => {
                let a = self.any(Tight);
                let value = &a.value * inverse(&small(2), &P);
                let fiat = a.fiat.mul(&Fiat::new(&inverse(&small(2), &P)));
                self.result("half", A::half(&a.element), Many(2), value, fiat, tally);
            }
            0 => {
                let a = self.any(Many(3));
                let b = self.any(self.rest(a.class));
                let (value, fiat) = (&a.value + &b.value, a.fiat.add(&b.fiat));
                let class = a.class.with(b.class, Sum);
                self.result("add", A::add(&a.element, &b.element), class, value, fiat, tally);
            }
            1 => {
                let a = self.any(Many(3));
                let b = self.any(self.rest(a.class));
                let (value, fiat) = (&a.value + &*P - &b.value, a.fiat.sub(&b.fiat));
                let class = a.class.with(b.class, Difference);
                self.result("sub", A::sub(&a.element, &b.element), class, value, fiat, tally);
            }
            2 => {
                let a = self.any(Sum);
                let (value, fiat) = (&a.value * 2_u8, a.fiat.add(&a.fiat));
                let class = a.class.with(a.class, Sum);
                self.result("double", A::double(&a.element), class, value, fiat, tally);
            }
            3 => {
                let a = self.any(Many(4));
                self.result("tight", A::tight(a.element), Tight, a.value, a.fiat, tally);
            }
            4 | 5 => {
                let (a, b) = (self.any(Difference), self.any(Sum));
                let (value, fiat) = (&a.value * &b.value, a.fiat.mul(&b.fiat));
                self.result("mul", A::mul(&a.element, &b.element), Tight, value, fiat, tally);
            }
            6 => {
                let a = self.any(Difference);
                let (value, fiat) = (&a.value * &a.value, a.fiat.square());
                self.result("square", A::square(&a.element), Tight, value, fiat, tally);
            }
            7 => {
                let (a, b) = (self.any(Difference), self.any(Difference));
                let (value, fiat) = (&a.value * &b.value, a.fiat.mul(&b.fiat));
                self.result("mul", A::mul(&a.element, &b.element), Tight, value, fiat, tally);
            }
            8 => {
                let [a, b, c, d] = [(); 4].map(|()| self.any(Difference));
                let value = &a.value * &b.value + (&*P - &c.value) * &d.value;
                let fiat = a.fiat.mul(&b.fiat).sub(&c.fiat.mul(&d.fiat));
                let element = A::mul_sub(&a.element, &b.element, &c.element, &d.element);
                self.result("mul_sub", element, Tight, value, fiat, tally);
            }
            9 => {
                let [a, b, c] = [(); 3].map(|()| self.any(Difference));
                let value = &a.value * &b.value + (&*P - &c.value) * &c.value;
                let squared = c.fiat.square();
                let fiat = a.fiat.mul(&b.fiat).sub(&squared);
                let element = A::mul_sub_square(&a.element, &b.element, &c.element);
                self.result("mul_sub_square", element, Tight, value, fiat, tally);
            }
            // Costs as much as two hundred of the others.
            _ if self.random.one_in(20) => {
                let a = self.any(Tight);
                let value = inverse(&a.value, &P);
                let fiat = Fiat::new(&value);
                self.result("invert", A::invert(&a.element), Tight, value, fiat, tally);
            }
            _ => self.zero(tally),
        }
    }

    /// The loosest class that may be added to an element of this one.
    fn rest(&self, class: Class) -> Class {
        match class.terms() {
            1 => Class::Many(3),
            2 => Class::Sum,
            _ => Class::Tight,
        }
    }

    /// Zeros, and differences that are zero though their operands differ in form.
    fn zero(&mut self, tally: &mut Tally) {
        let a = self.any(Class::Difference);
        let expected = a.value == small(0);
        tally.case(A::is_zero(&a.element) == expected, || format!("is_zero: {a:?}"));
        let (a, b) = (self.any(Class::Tight), self.any(Class::Tight));
        let difference = A::sub(&b.element, &a.element);
        let expected = a.value == b.value;
        tally.case(A::is_zero(&difference) == expected, || format!("is_zero: {a:?} {b:?}"));
        let again = self.of_value(&a.value);
        for other in
            [A::mul(&a.element, &A::one()), A::tight(A::add(&a.element, &A::zero())), again.element]
        {
            let difference = A::sub(&a.element, &other);
            self.zeros += 1;
            tally.case(A::is_zero(&difference), || format!("is_zero of a - a: {a:?}, {other:?}"));
        }
    }

    /// An operation whose result is chosen, and one operand computed from it.
    fn wished(&mut self, tally: &mut Tally) {
        let packed = self.pattern();
        let wished = &packed * &self.unradix % &*P;
        let (a, c, d) = (self.any(Class::Tight), self.any(Class::Tight), self.any(Class::Tight));
        match self.random.below(9) {
            0 | 1 if a.value != small(0) => {
                let b = self.of_value(&(&wished * inverse(&a.value, &P) % &*P));
                self.result(
                    "mul as wished",
                    A::mul(&a.element, &b.element),
                    Class::Tight,
                    wished,
                    a.fiat.mul(&b.fiat),
                    tally,
                );
            }
            2 if a.value != small(0) => {
                let c = if self.random.one_in(2) { d.clone() } else { c };
                let b = (&wished + &c.value * &d.value) * inverse(&a.value, &P) % &*P;
                let b = self.of_value(&b);
                let element = A::mul_sub(&a.element, &b.element, &c.element, &d.element);
                let fiat = a.fiat.mul(&b.fiat).sub(&c.fiat.mul(&d.fiat));
                self.result("mul_sub as wished", element, Class::Tight, wished, fiat, tally);
            }
            3 => {
                let Some(root) = root(&wished) else { return };
                let a = self.of_value(&root);
                self.result(
                    "square as wished",
                    A::square(&a.element),
                    Class::Tight,
                    wished,
                    a.fiat.square(),
                    tally,
                );
            }
            4 => {
                let b = self.of_value(&((&wished + &*P - &a.value) % &*P));
                self.result(
                    "add as wished",
                    A::add(&a.element, &b.element),
                    Class::Sum,
                    wished,
                    a.fiat.add(&b.fiat),
                    tally,
                );
            }
            5 if a.value != small(0) => {
                let b = (&wished + &d.value * &d.value) * inverse(&a.value, &P) % &*P;
                let b = self.of_value(&b);
                let element = A::mul_sub_square(&a.element, &b.element, &d.element);
                let fiat = a.fiat.mul(&b.fiat).sub(&d.fiat.square());
                self.result("mul_sub_square as wished", element, Class::Tight, wished, fiat, tally);
            }
            6 => {
                let half = &wished * inverse(&small(2), &P) % &*P;
                let a = self.of_value(&half);
                let fiat = a.fiat.add(&a.fiat);
                self.result(
                    "double as wished",
                    A::double(&a.element),
                    Class::Sum,
                    wished,
                    fiat,
                    tally,
                );
            }
            7 => {
                let a = self.of_value(&(&wished * 2_u8 % &*P));
                let class = Class::Many(2);
                let fiat = Fiat::new(&wished);
                self.result("half as wished", A::half(&a.element), class, wished, fiat, tally);
            }
            _ => {
                let b = self.of_value(&((&a.value + &*P - &wished) % &*P));
                self.result(
                    "sub as wished",
                    A::sub(&a.element, &b.element),
                    Class::Difference,
                    wished,
                    a.fiat.sub(&b.fiat),
                    tally,
                );
            }
        }
    }

    /// Compares a result, `value` modulo p, and keeps it as an operand.
    fn result(
        &mut self,
        name: &str,
        element: A::E,
        class: Class,
        value: BigUint,
        fiat: Fiat,
        tally: &mut Tally,
    ) {
        let value = value % &*P;
        let one = A::one();
        // A loose element is not read; as the second operand of a product it may be anything.
        let tight = match class {
            Class::Tight => element,
            Class::Difference | Class::Sum => A::mul(&one, &element),
            Class::Many(_) => A::tight(element),
        };
        let packed = from_words(&A::pack(tight));
        let words = from_words(&A::to_words(tight));
        let expected = &value * &self.radix % &*P;
        let mut good = fiat.value() == value && words == value && packed == expected;
        good &= !self.saturated || packed == fiat.packed();
        // The saturated layouts know no loose elements.
        good &= !self.saturated || from_words(&A::pack(element)) == expected;
        if class <= Class::Difference {
            good &= A::is_zero(&element) == (value == small(0));
        }
        self.without_carry += u64::from(packed.bits() <= 224);
        self.zeros += u64::from(value == small(0));
        tally.case(good, || format!("{name}: {element:?} is {words:x}, not {value:x}"));
        self.keep(Register { element, class, value, fiat });
    }
}

/// An element of fiat-crypto's field.
#[derive(Clone, Debug)]
struct Fiat([u64; 4]);

impl Fiat {
    fn new(value: &BigUint) -> Self {
        let mut little = bytes(value);
        little.reverse();
        let mut plain = Plain([0; 4]);
        fiat_p256_from_bytes(&mut plain.0, &little);
        let mut element = Montgomery([0; 4]);
        fiat_p256_to_montgomery(&mut element, &plain);
        Self(element.0)
    }

    fn value(&self) -> BigUint {
        let mut plain = Plain([0; 4]);
        fiat_p256_from_montgomery(&mut plain, &Montgomery(self.0));
        let mut little = [0; 32];
        fiat_p256_to_bytes(&mut little, &plain.0);
        BigUint::from_bytes_le(&little)
    }

    /// In Montgomery form.
    fn packed(&self) -> BigUint {
        from_words(&self.0)
    }

    fn by(&self, operation: impl FnOnce(&mut Montgomery, &Montgomery)) -> Self {
        let mut result = Montgomery([0; 4]);
        operation(&mut result, &Montgomery(self.0));
        Self(result.0)
    }

    fn mul(&self, b: &Self) -> Self {
        self.by(|result, a| fiat_p256_mul(result, a, &Montgomery(b.0)))
    }

    fn add(&self, b: &Self) -> Self {
        self.by(|result, a| fiat_p256_add(result, a, &Montgomery(b.0)))
    }

    fn sub(&self, b: &Self) -> Self {
        self.by(|result, a| fiat_p256_sub(result, a, &Montgomery(b.0)))
    }

    fn square(&self) -> Self {
        self.by(|result, a| fiat_p256_square(result, a))
    }
}

/// Lowest word first.
fn to_words(number: &BigUint) -> [u64; 4] {
    let (chunks, bytes) = ([0, 8, 16, 24], bytes(number));
    let mut words =
        chunks.map(|at| u64::from_be_bytes(bytes[at..at + 8].try_into().expect("eight bytes")));
    words.reverse();
    words
}

fn from_words(words: &[u64; 4]) -> BigUint {
    let mut bytes = [0; 32];
    for (chunk, word) in bytes.chunks_exact_mut(8).zip(words.iter().rev()) {
        chunk.copy_from_slice(&word.to_be_bytes());
    }
    number(&bytes)
}
