"""Words that tell little: common short ones, and those for kinds of books.

Where both of two words that differ by a letter are common, neither is a slip:
"The Salt King" and "The Salt Ring" may be two books; "The Salt Rood" is nobody's second book.
"""

from __future__ import annotations

_WORDS = frozenset(
    """
    clash crash fever sever poetics politics circus colony colonies chain reader rider
    ace age aim air all ant any ape arc ark arm art ash ask axe back bad bag ball band bank bar bare bark barn base
    bat bath bay be beach bead beam bean bear beard beast beat bed bee beer bell belt bend best bet big bill bind
    bird bite blade blame blaze bleed bless blind block blood bloom blow blue board boat body bold bolt bomb bond
    bone book boot born boss bow bowl box boy brain brand brave bread break breed brick bride bright bring broke
    brook brown brute buck burn bus bush but buy cage cake call calm camp can cap car card care cart case cash cast
    cat cave cell chain chair chaos charm chase chess chief child choice church city clan claw clay clear cliff
    clock close cloud club coal coast coat code coin cold comb come cook cool core corn cost count court cove cow
    crane crash crew crime cross crow crowd crown cruel cry cup cure curse cut dad dale dame damp dance dare dark
    dart dash date dawn day dead deal dear death debt deep deer den desk dice die dig dirt dish dive doe dog doll
    doom door dot dove down dragon draw dread dream dress drift drink drive drop drown drum duck dude due dull dune
    dusk dust duty each eagle ear earl earth ease east eat edge egg eight elder elf elm empire end evil eye face
    fact fade fail fair faith fall false fame far farm fast fat fate fear feast feel fell few field fiend fight file
    fill film find fine fire firm first fish fist five flag flame flash fleet flesh flight flood floor flow flower
    fly foe fog folk fool foot force forest forge fork form fort foul found four fox free fresh frost fruit full fun
    fur fury gale game gap gate gaze gift gilt girl give glass globe gloom glory glow goal goat god gold golden gone
    good grace grain grand grant grass grave gray great green grey grief grim grip groom ground group grove grow
    guard guest guide guild guilt gun hail hair half hall hand hang hard hare harm harp hat hate have hawk head heal
    heap hear heart heat heir hell help her herd here hero hide high hill him hire his hit hive hold hole holy home
    honor hood hook hope horn horse host hot hour house how howl human hunger hunt hunter hurt husk ice idol if ink
    inn iron isle it ivy jail jar jaw jet job join joke joy judge jump just keep key kid kill kin kind king kings
    kiss kite knife knight knights know lace lad lady lair lake lamb lamp land lane lark last late laugh law lead
    leaf lean leap left leg less lie life lift light like lily limb lime line lion lions lip list live lives load
    loan lock lone long look loom loop lord lose loss lost lot loud love loves low luck lunch lure lust mad mage
    maid mail main make male mall malt man map march mark marsh mask mass mast mate maze mean meat meet melt mercy
    mile milk mill mind mine mint miss mist mole monk mood moon moor more moss most moth mother mount mouse mouth
    move mud murder music must myth nail name near neck need nest never new next nice night nights nine noon north
    nose note now nut oak oath ocean odd off oil old omen one only open orb orc order other our out oven over owl
    own pack page paid pain paint pair pale palm pan paper park part pass past path paw pay peace peak pear pen pest
    pet phase pick pie piece pig pike pile pine pink pipe pit place plague plain plan plane plant plate play plea
    plot poem poet point poison pole pond pony pool poor port post power pray prey price pride prince print prize
    proof proud pull pulse pure push queen quest quiet race rage raid rain raise range rank rare rat rate raven raw
    ray reach read real reap red reed reef reign rest rice rich ride rift right ring rings rise rite river road
    roads roam roar rob robe rock rod rogue role roll roof room root rope rose rough round row ruin rule run rune
    rush rust sad safe sage sail saint sale salt same sand save saw scale scar scarlet score sea seal search seat
    secret see seed seek self sell send sense seven sex shade shadow shape share shark sharp she shed shell shield
    shift shine ship shock shoe shoot shop shore shores short shot shout show shy sick side siege sight sign silk
    silt silver sin sing sink sister six size skin skull sky slave slay sleep slip slow small smart smile smoke
    snake snow soap soft soil sold sole some son song soon sore sorrow soul sound sour south space spade spark speak
    spear spell spice spider spike spin spire spirit spite split spoke sport spring spy squad stab staff stage stain
    stair stake stalk stand star stare stars start state stay steal steam steel stem step stick still sting stir
    stock stone stones stood stop store stories storm story strand strange stream street strike string strong sugar
    suit summer sun sure swan swarm swear sweat sweep sweet swift swim sword swords table tail take tale talk tall
    tame tank tap task taste tea teach team tear tell ten tent test text than that them then they thick thief thin
    thing things think third this thorn those thread three throne thumb tide tie tiger tile till time tin tired toad
    toe told tomb tone tool tooth top torn touch tour tower town toy trace track trade trail train trap tread tree
    trial tribe trick trip troll troop true trust truth try tube tune turn twin two under up us vain vale vast vault
    veil vein very vice vine voice void vote vow wait wake walk wall wand want war ward warm wars wash wasp waste
    watch water wave way weak web weed week weep well were west what wheat wheel when where which whip white who
    whole whom whose why wide wife wild will win wind wine wing wings winter wire wise wish wit witch with wolf
    woman womb women wood wool word words work world worm worth wound wrath wreck wrong yard year years young youth
    zone
    """.split()
)

# Words that say what a book is without naming it: "a novel", "a Lantern Cycle story", "series".
GENERIC_WORDS = frozenset(
    """
    novel novella novelette novels memoir thriller mystery romance fantasy story tale roman kriminalroman krimi
    series saga cycle book books volume light adventure autobiography biography unabridged edition fiction litrpg
    true new york times bestseller bestselling author
    """.split()
)


def is_word(word: str) -> bool:
    """Whether it is one of the common words."""
    return word in _WORDS
