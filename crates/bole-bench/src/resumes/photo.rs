use super::dice::Dice;

/// A picture of nobody: head and shoulders before a wall, with grain.
pub(super) struct Photo {
    pub(super) width: u32,
    pub(super) height: u32,
    /// A baseline JPEG, or rows of red, green and blue.
    pub(super) data: Vec<u8>,
    pub(super) is_jpeg: bool,
}

/// A pixel in light and the two colours of JPEG, each 0 to 255.
type Pixel = [i32; 3];

/// Who is painted: the place and size of the head in thousandths of the picture, and what colours they have.
struct Sitter {
    head: (i32, i32),
    radius: i32,
    wall: Pixel,
    skin: Pixel,
    hair: Pixel,
    coat: Pixel,
}

impl Sitter {
    fn draw(dice: &mut Dice) -> Self {
        let mut near = |[light, blue, red]: Pixel| {
            [
                light + dice.below(30) as i32 - 15,
                blue + dice.below(9) as i32 - 4,
                red + dice.below(9) as i32 - 4,
            ]
        };
        let (skin, hair, coat) = (near([180, 112, 150]), near([42, 128, 132]), near([60, 136, 124]));
        let wall = near([190, 150, 112]);
        let wall = if dice.chance(40) { [235, 128, 128] } else { wall };
        let head = (460 + dice.below(80) as i32, 360 + dice.below(60) as i32);
        Self { head, radius: 170 + dice.below(40) as i32, wall, skin, hair, coat }
    }

    /// The colour at a place, in thousandths of the width from the left and of the height from the top.
    fn at(&self, x: i32, y: i32) -> Pixel {
        let (dx, dy) = (x - self.head.0, (y - self.head.1) * 5 / 4);
        let distance = dx * dx + dy * dy * 7 / 10;
        let radius = self.radius * self.radius;
        let shoulder = y - 690;
        let breadth = 230 + shoulder;
        if distance < radius && dy > -self.radius / 3 {
            self.skin
        } else if distance < radius * 5 / 4 && dy < self.radius / 3 {
            self.hair
        } else if dx.abs() < self.radius / 2 && dy > 0 && shoulder < 30 {
            [self.skin[0] - 20, self.skin[1], self.skin[2]]
        } else if shoulder > 0 && dx.abs() < breadth.min(420) {
            self.coat
        } else {
            [self.wall[0] - y / 40, self.wall[1], self.wall[2]]
        }
    }
}

/// A photo of about so many bytes, once compressed.
pub(super) fn photo(n_bytes: u32, is_jpeg: bool, dice: &mut Dice) -> Photo {
    let sitter = Sitter::draw(dice);
    if is_jpeg { jpeg(&sitter, n_bytes, dice) } else { rows(&sitter, n_bytes, dice) }
}

fn rows(sitter: &Sitter, n_bytes: u32, dice: &mut Dice) -> Photo {
    // Four bits of grain in each of three bytes; what deflating leaves of it was measured.
    let n_pixels = n_bytes * 100 / 176;
    let width = (n_pixels * 5 / 7).isqrt().max(16);
    let height = (n_pixels / width).max(16);
    let mut data = Vec::with_capacity((width * height * 3) as usize);
    for y in 0..height {
        for x in 0..width {
            let [light, blue, red] = sitter.at((x * 1000 / width) as i32, (y * 1000 / height) as i32);
            let (blue, red) = (blue - 128, red - 128);
            let grain = dice.next();
            let colours = [light + red * 7 / 5, light - blue / 3 - red * 7 / 10, light + blue * 9 / 5];
            for (shift, colour) in [0, 4, 8].into_iter().zip(colours) {
                let grain = (grain >> shift & 15) as i32 - 8;
                data.push((colour + grain).clamp(0, 255) as u8);
            }
        }
    }
    Photo { width, height, data, is_jpeg: false }
}

/// Written in frequencies: the light of each block of 8 by 8 from the picture, the rest grain, until the bytes are full.
fn jpeg(sitter: &Sitter, n_bytes: u32, dice: &mut Dice) -> Photo {
    // From a small picture with little grain to a large one with much.
    let n_columns = (n_bytes * 8 / (150 + dice.below(100))).isqrt().clamp(12, 90);
    let n_rows = n_columns * 7 / 5;
    let mut data = jpeg_header(n_columns * 8, n_rows * 8);
    let mut bits = Bits { out: &mut data, held: 0, n_held: 0 };
    let n_blocks = n_columns * n_rows;
    let room = n_bytes.saturating_sub(400) * 8;
    let mut last: Pixel = [128; 3];
    let mut n_written = 0;
    for block in 0..n_blocks {
        let (column, row) = (block % n_columns, block / n_columns);
        let x = (column * 1000 + 500) / n_columns;
        let y = (row * 1000 + 500) / n_rows;
        let pixel = sitter.at(x as i32, y as i32);
        // The bits that this block may reach.
        let end = (u64::from(room) * u64::from(block + 1) / u64::from(n_blocks)) as u32;
        for (colour, (now, before)) in pixel.iter().zip(&mut last).enumerate() {
            n_written += bits.constant(now - *before);
            *before = *now;
            // Only the light has grain; every colour of a block says where it ends.
            let mut n_left = 63;
            while colour == 0 && n_left > 0 && n_written + 20 < end {
                // Grain of one to three bits a frequency.
                let n_bits = 4 - dice.between(2, 15).ilog2();
                bits.put(n_bits, 3);
                bits.put(dice.below(1 << n_bits), n_bits);
                n_written += 3 + n_bits;
                n_left -= 1;
            }
            if n_left > 0 {
                bits.put(0, 3);
                n_written += 3;
            }
        }
    }
    bits.finish();
    data.extend([0xFF, 0xD9]);
    Photo { width: n_columns * 8, height: n_rows * 8, data, is_jpeg: true }
}

/// ITU-T T.81, annex B: one table of quantisers, two of codes, three components in one scan.
fn jpeg_header(width: u32, height: u32) -> Vec<u8> {
    let mut out = vec![0xFF, 0xD8];
    let mut segment = |marker: u8, body: &[u8]| {
        out.extend([0xFF, marker]);
        out.extend((body.len() as u16 + 2).to_be_bytes());
        out.extend(body);
    };
    segment(0xE0, b"JFIF\0\x01\x01\x00\x00\x01\x00\x01\x00\x00");
    // Eight for the light of a block, so that one step is one level; two for the grain.
    let mut quantisers = vec![0, 8];
    quantisers.resize(65, 2);
    segment(0xDB, &quantisers);
    let (high, wide) = ((height as u16).to_be_bytes(), (width as u16).to_be_bytes());
    let frame = [8, high[0], high[1], wide[0], wide[1], 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0];
    segment(0xC0, &frame);
    // Twelve codes of four bits for the size of a constant; five of three bits for end of block and grain.
    let mut constants = vec![0x00, 0, 0, 0, 12];
    constants.resize(17, 0);
    constants.extend(0..12);
    segment(0xC4, &constants);
    let mut grain = vec![0x10, 0, 0, 5];
    grain.resize(17, 0);
    grain.extend([0x00, 0x01, 0x02, 0x03, 0x04]);
    segment(0xC4, &grain);
    segment(0xDA, &[3, 1, 0x00, 2, 0x00, 3, 0x00, 0, 63, 0]);
    out
}

/// Bits into bytes, with a zero byte after each 0xFF.
struct Bits<'a> {
    out: &'a mut Vec<u8>,
    held: u32,
    n_held: u32,
}

impl Bits<'_> {
    fn put(&mut self, value: u32, n_bits: u32) {
        self.held = self.held << n_bits | value;
        self.n_held += n_bits;
        while self.n_held >= 8 {
            let byte = (self.held >> (self.n_held - 8)) as u8;
            self.out.push(byte);
            if byte == 0xFF {
                self.out.push(0);
            }
            self.n_held -= 8;
            self.held &= (1 << self.n_held) - 1;
        }
    }

    /// The difference of a constant to the one before; gives the bits that it took.
    fn constant(&mut self, difference: i32) -> u32 {
        let n_bits = u32::BITS - difference.unsigned_abs().leading_zeros();
        self.put(n_bits, 4);
        if n_bits > 0 {
            let value = if difference < 0 { difference - 1 } else { difference };
            self.put(value as u32 & ((1 << n_bits) - 1), n_bits);
        }
        4 + n_bits
    }

    fn finish(&mut self) {
        let n_free = (8 - self.n_held % 8) % 8;
        self.put((1 << n_free) - 1, n_free);
    }
}
