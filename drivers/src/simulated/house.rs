//! The simulated house: rooms, devices, and where the people in it are. Pure and synchronous.
//!
//! It turns an [`Act`] into the readings that real sensors would make of it, and a
//! [`Command`] into light and noise. It has no clock, no randomness and no queue to anywhere: what
//! it observed waits in [`House::poll_observation`]. It never decides anything.

use std::collections::VecDeque;

use omzien_core::device::{Capability, Command, Link, Motion, Opening, Power, Press};
use omzien_core::{Again, DeviceId, Observation, Outcome, Plan, Reading, RoomId};
use serde::{Deserialize, Serialize};

use super::act::{Act, Impossible};
use super::things::Things;

/// Readings that may wait. Beyond it the oldest is lost and counted: a house whose readings
/// nobody fetches for this long has no reader.
const WAITING_MAX: usize = 4096;

/// How the resident holds themself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Posture {
    Up,
    Lying,
    Asleep,
    Fallen,
}

/// What a lamp shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lamp {
    Off,
    On,
    /// On its way to full over so many seconds, and then on.
    Rising {
        over_s: u32,
    },
}

/// Whether a device can be heard, as the world is: a dead one does not say so itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Radio {
    Working,
    /// Out of reach, and the network has noticed: it was reported `Offline`.
    Lost,
    /// Says nothing more, and nothing says so.
    Dead,
}

/// One device as it is now, for a page that shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Device {
    pub id: DeviceId,
    pub room: RoomId,
    pub capabilities: Vec<Capability>,
    pub way_out: bool,
    pub radio: Radio,
    pub opening: Opening,
    pub motion: Motion,
    pub lamp: Lamp,
    pub siren: Power,
    pub things: Things,
    pub battery_percent: u8,
    #[serde(skip)]
    room_index: usize,
}

impl Device {
    fn can(&self, capability: Capability) -> bool {
        self.capabilities.contains(&capability)
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Room {
    id: RoomId,
    /// Its motion sensors, by index.
    motion: Vec<usize>,
}

/// A house with one resident, who starts awake, at home, in the first room, with the wearable on.
#[derive(Clone, Debug, PartialEq)]
pub struct House {
    rooms: Vec<Room>,
    devices: Vec<Device>,
    /// `None`: out.
    resident: Option<usize>,
    posture: Posture,
    wearable_on: bool,
    visitor: Option<usize>,
    waiting: VecDeque<Observation>,
    lost: u64,
}

impl House {
    /// All rooms and devices of a plan, everything closed, dark and online.
    pub fn new(plan: &Plan) -> Self {
        Self::with_devices(plan, |_| true)
    }

    /// All rooms, and those devices that `simulated` is true for.
    pub fn with_devices(plan: &Plan, simulated: impl Fn(&DeviceId) -> bool) -> Self {
        let mut rooms: Vec<Room> =
            plan.rooms.keys().map(|id| Room { id: id.clone(), motion: Vec::new() }).collect();
        let mut devices = Vec::new();
        for (id, device) in plan.devices.iter().filter(|(id, _)| simulated(id)) {
            // A checked plan has the room of every device; a device of no room is nowhere.
            let Some(room_index) = rooms.iter().position(|room| room.id == device.room) else {
                continue;
            };
            if device.capabilities.contains(&Capability::Motion) {
                rooms[room_index].motion.push(devices.len());
            }
            devices.push(Device {
                id: id.clone(),
                room: device.room.clone(),
                capabilities: device.capabilities.clone(),
                way_out: device.way_out,
                radio: Radio::Working,
                opening: Opening::Closed,
                motion: Motion::Clear,
                lamp: Lamp::Off,
                siren: Power::Off,
                things: Things::default(),
                battery_percent: 100,
                room_index,
            });
        }
        let resident = (!rooms.is_empty()).then_some(0);
        Self {
            rooms,
            devices,
            resident,
            posture: Posture::Up,
            wearable_on: true,
            visitor: None,
            waiting: VecDeque::new(),
            lost: 0,
        }
    }

    /// Lets it happen. What the sensors see of it waits in [`Self::poll_observation`].
    pub fn act(&mut self, act: &Act) -> Result<(), Impossible> {
        match act {
            Act::Walk(room) => self.walk_to(room),
            Act::Stir => self.stir(),
            Act::LieDown => self.settle(Posture::Lying),
            Act::FallAsleep => self.settle(Posture::Asleep),
            Act::GetUp => self.get_up(),
            Act::Fall => self.fall(),
            Act::DropWearable => self.wearable_notices(),
            Act::TakeOffWearable => self.wear(false),
            Act::PutOnWearable => self.wear(true),
            Act::Leave => self.leave(),
            Act::ComeHome => self.come_home(),
            Act::Press { device, press } => self.press(device, *press),
            Act::Open { device, is } => self.open(device, *is),
            Act::Say(_) => self.at_home().map(|_| ()),
            Act::VisitorEnters => self.visitor_enters(),
            Act::VisitorWalks(room) => self.visitor_walks(room),
            Act::VisitorLeaves => self.visitor_leaves(),
        }
    }

    /// The next thing that a sensor said, oldest first.
    pub fn poll_observation(&mut self) -> Option<Observation> {
        self.waiting.pop_front()
    }

    /// Readings lost because nobody fetched them, since the house was built.
    pub fn lost(&self) -> u64 {
        self.lost
    }

    /// Tells a device what to do.
    pub fn perform(&mut self, device: &DeviceId, command: Command) -> Outcome {
        let Ok(index) = self.find(device) else {
            return failed("no such device in the simulated house", Again::Never);
        };
        if !self.devices[index].can(command.needs()) {
            return failed("the device has no such capability", Again::Never);
        }
        match self.devices[index].radio {
            Radio::Working => {}
            Radio::Lost | Radio::Dead => return failed("the device did not answer", Again::Later),
        }
        match command {
            Command::Light(Power::On) => self.light(index, Lamp::On),
            Command::Light(Power::Off) => self.light(index, Lamp::Off),
            Command::LightRise { over_s } => self.light(index, Lamp::Rising { over_s }),
            Command::Siren(power) => self.devices[index].siren = power,
            Command::Brightness(_)
            | Command::BrightnessStep(_)
            | Command::Colour(_)
            | Command::Cover(_)
            | Command::Lock(_)
            | Command::Switch(_)
            | Command::Fan(_)
            | Command::FanSpeed(_)
            | Command::Target(_) => self.operate(index, command),
        }
        Outcome::Done
    }

    /// Takes a device out of reach of its network, or brings it back; it says so itself.
    pub fn set_link(&mut self, device: &DeviceId, link: Link) -> Result<(), Impossible> {
        let index = self.find(device)?;
        match link {
            Link::Online => {
                self.devices[index].radio = Radio::Working;
                self.tell(index, Reading::Link(Link::Online));
                self.report_one(index);
            }
            Link::Offline => {
                // The network tells, not the device, so it is heard.
                self.devices[index].radio = Radio::Working;
                self.tell(index, Reading::Link(Link::Offline));
                self.devices[index].radio = Radio::Lost;
            }
        }
        Ok(())
    }

    /// The device dies without a word. [`Self::set_link`] `Online` is its new battery.
    pub fn die_silently(&mut self, device: &DeviceId) -> Result<(), Impossible> {
        let index = self.find(device)?;
        self.devices[index].radio = Radio::Dead;
        Ok(())
    }

    pub fn set_battery(&mut self, device: &DeviceId, percent: u8) -> Result<(), Impossible> {
        let index = self.find(device)?;
        self.devices[index].battery_percent = percent.min(100);
        self.tell(index, Reading::BatteryPercent(self.devices[index].battery_percent));
        Ok(())
    }

    /// Every living device tells its state, as battery devices do about once an hour: the proof
    /// of life that a watch over a silent room rests on.
    pub fn report(&mut self) {
        for index in 0..self.devices.len() {
            self.report_one(index);
        }
    }

    /// Where the resident is; `None`: out.
    pub fn resident_room(&self) -> Option<&RoomId> {
        self.resident.map(|room| &self.rooms[room].id)
    }

    pub fn visitor_room(&self) -> Option<&RoomId> {
        self.visitor.map(|room| &self.rooms[room].id)
    }

    pub fn posture(&self) -> Posture {
        self.posture
    }

    pub fn rooms(&self) -> impl Iterator<Item = &RoomId> {
        self.rooms.iter().map(|room| &room.id)
    }

    pub fn devices(&self) -> &[Device] {
        &self.devices
    }

    pub fn device(&self, device: &DeviceId) -> Option<&Device> {
        self.find(device).ok().map(|index| &self.devices[index])
    }
}

/// What each act does.
impl House {
    fn walk_to(&mut self, room: &RoomId) -> Result<(), Impossible> {
        let to = self.find_room(room)?;
        let from = self.on_their_feet()?;
        self.posture = Posture::Up;
        self.resident = Some(to);
        if from != to {
            self.stills(from);
        }
        self.moves(to);
        Ok(())
    }

    fn stir(&mut self) -> Result<(), Impossible> {
        let room = self.at_home()?;
        self.moves(room);
        match self.posture {
            Posture::Up => {}
            Posture::Lying | Posture::Asleep | Posture::Fallen => self.stills(room),
        }
        Ok(())
    }

    fn settle(&mut self, posture: Posture) -> Result<(), Impossible> {
        let room = self.on_their_feet()?;
        self.posture = posture;
        self.stills(room);
        Ok(())
    }

    fn get_up(&mut self) -> Result<(), Impossible> {
        let room = self.at_home()?;
        self.posture = Posture::Up;
        self.moves(room);
        Ok(())
    }

    fn fall(&mut self) -> Result<(), Impossible> {
        let room = self.on_their_feet()?;
        self.posture = Posture::Fallen;
        self.moves(room);
        self.stills(room);
        if self.wearable_on {
            self.wearable_notices()?;
        }
        Ok(())
    }

    fn wear(&mut self, on: bool) -> Result<(), Impossible> {
        self.at_home()?;
        self.wearable_on = on;
        Ok(())
    }

    /// Every wearable of the house; a house without one notices nothing.
    fn wearable_notices(&mut self) -> Result<(), Impossible> {
        self.at_home()?;
        for index in 0..self.devices.len() {
            if self.devices[index].can(Capability::Fall) {
                self.tell(index, Reading::Fall);
            }
        }
        Ok(())
    }

    fn leave(&mut self) -> Result<(), Impossible> {
        let from = self.on_their_feet()?;
        self.posture = Posture::Up;
        let way_out = self.way_out();
        let door_room = way_out.map_or(from, |door| self.devices[door].room_index);
        self.resident = Some(door_room);
        if door_room != from {
            self.stills(from);
            self.moves(door_room);
        }
        self.pass(way_out);
        self.resident = None;
        self.stills(door_room);
        Ok(())
    }

    fn come_home(&mut self) -> Result<(), Impossible> {
        if self.resident.is_some() {
            return Err(Impossible::AtHome);
        }
        let room = self.doorstep()?;
        self.pass(self.way_out());
        self.posture = Posture::Up;
        self.resident = Some(room);
        self.moves(room);
        Ok(())
    }

    fn press(&mut self, device: &DeviceId, press: Press) -> Result<(), Impossible> {
        let index = self.find_with(device, Capability::Button)?;
        self.tell(index, Reading::Button(press));
        Ok(())
    }

    fn open(&mut self, device: &DeviceId, is: Opening) -> Result<(), Impossible> {
        let index = self.find_with(device, Capability::Opening)?;
        self.devices[index].opening = is;
        self.tell(index, Reading::Opening(is));
        Ok(())
    }

    fn visitor_enters(&mut self) -> Result<(), Impossible> {
        if self.visitor.is_some() {
            return Err(Impossible::HasVisitor);
        }
        let room = self.doorstep()?;
        self.pass(self.way_out());
        self.visitor = Some(room);
        self.moves(room);
        Ok(())
    }

    fn visitor_walks(&mut self, room: &RoomId) -> Result<(), Impossible> {
        let to = self.find_room(room)?;
        let from = self.visitor.ok_or(Impossible::NoVisitor)?;
        self.visitor = Some(to);
        if from != to {
            self.stills(from);
        }
        self.moves(to);
        Ok(())
    }

    fn visitor_leaves(&mut self) -> Result<(), Impossible> {
        let room = self.visitor.take().ok_or(Impossible::NoVisitor)?;
        self.stills(room);
        self.pass(self.way_out());
        Ok(())
    }
}

/// What the devices make of it.
impl House {
    fn at_home(&self) -> Result<usize, Impossible> {
        match self.resident {
            Some(room) => Ok(room),
            None if self.rooms.is_empty() => Err(Impossible::NoRooms),
            None => Err(Impossible::Out),
        }
    }

    fn on_their_feet(&self) -> Result<usize, Impossible> {
        let room = self.at_home()?;
        match self.posture {
            Posture::Fallen => Err(Impossible::OnTheFloor),
            Posture::Up | Posture::Lying | Posture::Asleep => Ok(room),
        }
    }

    fn find_room(&self, id: &RoomId) -> Result<usize, Impossible> {
        self.rooms.iter().position(|room| room.id == *id).ok_or(Impossible::UnknownRoom)
    }

    fn find(&self, id: &DeviceId) -> Result<usize, Impossible> {
        self.devices.iter().position(|device| device.id == *id).ok_or(Impossible::UnknownDevice)
    }

    fn find_with(&self, id: &DeviceId, capability: Capability) -> Result<usize, Impossible> {
        let index = self.find(id)?;
        if self.devices[index].can(capability) { Ok(index) } else { Err(Impossible::NotThatDevice) }
    }

    fn way_out(&self) -> Option<usize> {
        self.devices.iter().position(|device| device.way_out && device.can(Capability::Opening))
    }

    /// The room that the way out leads into; the first one of a house without a sensor on it.
    fn doorstep(&self) -> Result<usize, Impossible> {
        if self.rooms.is_empty() {
            return Err(Impossible::NoRooms);
        }
        Ok(self.way_out().map_or(0, |door| self.devices[door].room_index))
    }

    /// Somebody passes the door: it opens and closes.
    fn pass(&mut self, door: Option<usize>) {
        let Some(door) = door else { return };
        for is in [Opening::Open, Opening::Closed] {
            self.devices[door].opening = is;
            self.tell(door, Reading::Opening(is));
        }
    }

    /// A motion sensor that is triggered again says so again.
    fn moves(&mut self, room: usize) {
        for place in 0..self.rooms[room].motion.len() {
            let index = self.rooms[room].motion[place];
            self.devices[index].motion = Motion::Detected;
            self.tell(index, Reading::Motion(Motion::Detected));
        }
    }

    /// Nobody moves there any more, unless somebody else is up in that room.
    fn stills(&mut self, room: usize) {
        let resident_moves = self.resident == Some(room) && self.posture == Posture::Up;
        if resident_moves || self.visitor == Some(room) {
            return;
        }
        for place in 0..self.rooms[room].motion.len() {
            let index = self.rooms[room].motion[place];
            if self.devices[index].motion == Motion::Detected {
                self.devices[index].motion = Motion::Clear;
                self.tell(index, Reading::Motion(Motion::Clear));
            }
        }
    }

    fn light(&mut self, index: usize, lamp: Lamp) {
        self.devices[index].lamp = lamp;
        self.tell(index, Reading::Light(power_of(lamp)));
    }

    fn operate(&mut self, index: usize, command: Command) {
        let reading = self.devices[index].things.perform(command);
        match reading {
            // A lamp that is told how bright or what colour goes on.
            None => self.light(index, Lamp::On),
            Some(reading) => self.tell(index, reading),
        }
    }

    fn report_one(&mut self, index: usize) {
        for place in 0..self.devices[index].capabilities.len() {
            let device = &self.devices[index];
            let reading = match device.capabilities[place] {
                Capability::Opening => Reading::Opening(device.opening),
                Capability::Motion => Reading::Motion(device.motion),
                Capability::Light => Reading::Light(power_of(device.lamp)),
                Capability::Cover => Reading::Cover(device.things.cover),
                Capability::Lock => Reading::Lock(device.things.lock),
                Capability::Switch => Reading::Switch(device.things.switch),
                Capability::Fan => Reading::Fan(device.things.fan),
                Capability::Thermostat => Reading::Target(device.things.setting),
                Capability::Temperature => Reading::Temperature(device.things.temperature),
                Capability::Button
                | Capability::Fall
                | Capability::Siren
                | Capability::Dimmer
                | Capability::Colour => Reading::BatteryPercent(device.battery_percent),
            };
            self.tell(index, reading);
        }
    }

    /// A device that cannot be heard tells nothing.
    fn tell(&mut self, index: usize, reading: Reading) {
        let device = &self.devices[index];
        match device.radio {
            Radio::Working => {}
            Radio::Lost | Radio::Dead => return,
        }
        if self.waiting.len() >= WAITING_MAX {
            self.waiting.pop_front();
            self.lost += 1;
        }
        self.waiting.push_back(Observation { device: device.id.clone(), reading });
    }
}

fn power_of(lamp: Lamp) -> Power {
    match lamp {
        Lamp::Off => Power::Off,
        Lamp::On | Lamp::Rising { .. } => Power::On,
    }
}

fn failed(trouble: &str, again: Again) -> Outcome {
    Outcome::Failed { trouble: trouble.to_owned(), again }
}
