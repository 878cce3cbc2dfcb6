"""Common names of people: given names of many languages, and family names of China, Japan and Korea.

Next to a common given name an unknown word is likelier a family name than a title. Chinese, Japanese and Korean names
are written without a space, the family name first, and that from a short list.
"""

from __future__ import annotations

from functools import lru_cache

from mamctl.regex import regex

_GIVEN = frozenset(
    """
    aaron abby abigail abraham adam adele adrian adriana agatha agnes aidan aileen aimee alan alana alastair
    albert alberto alec alejandro aleksandr aleron alessandro alex alexander alexandra alexei alexis alfred ali
    alice alicia alina alison alistair allan allen allison alma alyssa amanda amber amelia amelie amie amir amitav
    amor amos amy ana anais anastasia anders andre andrea andreas andrei andrew andrey andrzej andy angela
    angelica angelo angus anika anita ann anna annabel anne anneliese annette annie ansel anthea anthony antoine
    anton antonia antonio april arianna ariel arjun arkady arlene arlo armand armando arne arnold art arthur
    arturo arundhati ashley astrid audrey august augusta aurora ava avery axel barbara barbra barnaby barry bart
    basil bastian beatrice beatrix beatriz becky belinda ben benedict benjamin bernard bernd bernhard bernie bert
    bertrand beth bethany betsy betty beverly bianca bill billy birgit bjorn blake bob bobby bonnie boris brad
    bradley brady bram brandon brenda brendan brent bret brett brian bridget brigitte britta brooke bruce bruno
    bryan bryce bryn byron caitlin caleb calvin cameron camilla camille candace cara carey carina carl carla carlo
    carlos carmen carol carola carole caroline carolyn carrie carson carsten carter cary casey caspar cassandra
    catherine cathy catriona cecelia cecil cecilia cecily cedric celeste celia celine chad charity charlene
    charles charlie charlotte chelsea cheryl chester chimamanda china chloe chris christa christian christiane
    christie christina christine christoph christophe christopher chuck cindy cixin claire clara clare clarence
    clarice clark claude claudia claus clay clemens clifford clint clive cody colin colleen colm colson conn
    connie connor conrad constance cora corey corinna corinne cormac cornelia cory courtney craig cressida curt
    curtis cynthia cyril daisy dale damien damon dan dana daniel daniela danielle danny dante daphne daria darla
    darrell darren dave david dawn dean deanna debbie deborah debra deirdre delia denis denise dennis derek
    desmond devon diana diane dick diego dieter dietmar dimitri dina dirk dmitri dmitry dolly dolores dominic
    dominique don donald donato donna dora doreen doris dorothea dorothy doug douglas duncan dustin dwayne dylan
    earl ed eddie edgar edith edmund edna edoardo eduardo edward edwin egon eileen elaine eleanor elena eleonora
    elfriede eli elias elijah elin elina elinor elisa elisabeth elise eliza elizabeth ella ellen ellery elliot
    elliott ellis elmore elsa else elsie elspeth elvira emerson emil emile emilia emiliano emilie emily emma
    emmanuel enid enrico enrique erasmus eric erica erich erik erika erin ernest ernesto erwin esther ethan
    etienne eudora eugene eugenia eva evan evangeline eve evelyn evie ezra fabian faith fanny fatima federico
    felicia felicity felipe felix ferdinand fernanda fernando fiona flavia flora florence florian flynn frances
    francesca francesco francis francisco franco francois frank franklin franz fred freddie frederick frederik
    freida freya frida friedrich fritz fyodor gabriel gabriela gabrielle gail gareth garrett garth gary gavin
    gemma gene genevieve geoff geoffrey georg george georges georgette georgia georgina gerald geraldine gerard
    gerda gerhard german gert gertrude giacomo gideon gilbert giles gillian gina giorgio giovanni gisela giulia
    giuseppe glen glenda glenn gloria glynis glynn gordon grace graeme graham grant greg gregg gregory greta guido
    guillermo gunter gunther gus gustav gustave guy gwen gwendolyn hal hank hanna hannah hans harlan harold harper
    harriet harrison harry haruki harvey hattie hazel heather hector heidi heike heinrich heinz helen helena
    helene helga helmut hendrik henning henri henriette henrik henry herbert herman hermann hermione hilary hilda
    hiro hiromi hobart holger holly honor hope horace horst howard hubert hugh hugo hunter iain ian ida ignacio
    igor ilona ilse imogen ines inga ingeborg ingrid ira irene irina iris irma irvine irving isaac isabel isabella
    isabelle isadora ismail ivan ivo ivy jack jackie jackson jaclyn jacob jacqueline jacques jaime jake jakob jame
    james jamie jan jana jane janet janice janine jared jasmine jason jasper javier jay jean jeanette jeanine
    jeanne jeff jeffery jeffrey jen jenna jenni jennifer jenny jens jeremiah jeremy jerome jerry jess jesse
    jessica jessie jill jillian jim jimmy jo joachim joan joanna joanne joaquin jocelyn jochen jodi jody joe joel
    johan johann johanna johannes john johnny jojo jon jonas jonathan jorge jose josef joseph josephine josh
    joshua josie joy joyce juan juanita judith judy jules julia julian juliana julie julien juliet juliette julio
    julius june jurgen justin justine kai kamila karen karin karl karla karsten kat kate katharina katharine
    katherine kathleen kathryn kathy katia katie katja katrin katrina kay kazuo keiko keith kellie kelly ken
    kendra kenneth kenny kent kerri kerry kevin khaled kim kimberly kingsley kirby kirk kirsten kirsty klaus
    konrad konstantin krista kristen kristin kristina kristine kurt kyle lana lance lara lars laszlo laura laurel
    lauren laurence laurens laurent laurie lawrence lea leah leander lee leif leigh leila lena lenny leo leon
    leonard leonardo leonie leonora leroy lesley leslie lester leticia lev lewis lia liam lidia liesl lila lili
    lilian liliana lillian lily lina linda lindsay lindsey linus lionel lisa lise liu liz liza lloyd logan lois
    lola lora lorenzo loretta lori lorna lorraine lothar lou louis louisa louise luca lucas lucia lucian lucille
    lucinda lucius lucy ludwig luigi luis luisa luise luke lukas luna luther lydia lyle lynda lynn lynne mabel
    mackenzie madeleine madeline mae magda magdalena maggie magnus maia malcolm mallory malte mandy manfred manuel
    mara marc marcel marcella marcia marco marcos marcus margaret margarete margery margot marguerite maria mariah
    mariana marianne marie mariella marietta marilyn marin marina mario marion marisa marissa marius marjorie mark
    marko markus marlene marlon marquis marsha marshall marta martha martin martina martine marty marvin mary
    mateo mathias mathilda matilda matt matteo matthew matthias mattias maud maureen maurice mauricio max maxim
    maximilian maxine maya mavis meg megan mehmet mel melanie melinda melissa melody mercedes mercy meredith merle
    mervyn mia micah michael michaela michel michela michele michelle miguel mihai mike mikhail milan mildred
    miles milla millie milo milton mina mindy mira miranda miriam misha mitch mitchell mohamed mohammed mohsin
    moira molly mona monica monika monique montgomery morgan morris moses muriel murray myra myrtle nadia nadine
    nancy naomi natalia natalie natasha nathan nathaniel neal ned neil nell nelson nevil nic nicholas nick nicky
    nicola nicolas nicole nigel nikita nikki nikolai nikolas nils nina noah noam noel nora norbert noreen norma
    norman nuala octavia odette olaf olga oliver olivia oliviero ollie orhan orla orlagh orlando orson oscar oskar
    osman otto owen pablo paige pamela pascal pat patricia patrick patty paul paula paulette pauline paulo pavel
    pearl pedro peg peggy penelope penny percival percy per perry pete peter petra petros phil philip philipp
    philippa phillip phoebe phyllis pia piers pierre pierce polly portia prue quentin quinn rachael rachel rafael
    rafe raina rainer raj ralf ralph ramez ramon randall randolph randy raphael raquel ray raymond rebecca regina
    reginald reiko reiner reinhard reinhold rena rene renata renate renee reuben rex rhea rhett rhonda rhys
    ricarda ricardo riccardo richard rick ricky riley rita rob robbie robert roberta roberto robin robyn rocco
    rochelle rod roddy roderick rodney rodrigo roger roland rolf roman romain ron ronald ronan ronnie rory rosa
    rosalie rosalind rosamund rosanna roscoe rose rosemary rosie ross rowan roxane roxanne roy ruby rudolf rudy
    rudyard rufus rupert russ russell ruth ryan ryk sabina sabine sabrina sadie sal sally salman salvatore sam
    samantha samuel samuil sandra sandro sandy sanjay sara sarah sascha sasha saul scarlett scott sean sebastian
    selena selma serena serge sergei sergio seth shane shannon sharon shaun shawn sheila shelby sheldon shelley
    sherman sherry sherwood shirley sidney siegfried sierra sigmund sigrid silas silke silvia simon simone
    sinclair sofia sol solomon sonia sonja sophia sophie soren spencer stacey stacy stan stanislaw stanley stella
    stephan stephane stephanie stephen sterling steve steven stewart stieg stina stuart sue susan susanna susanne
    susie suzanne suzie suzy sven svetlana sybil sydney sylvain sylvia sylvie tabitha tad tamara tamora tammy
    tania tanith tanja tanya tara tasha tatiana taylor ted terence teresa teri terri terry terrence tess tessa
    thaddeus thea thelma theo theodor theodore theodora theresa therese thomas thornton tia tiffany tilda tim
    timothy tina titania titus tobias toby todd tom tomas tommy toni tony tonya torsten tove tracey tracy travis
    trevor tricia trish tristan trudi trudy truman tyler ulrich ulrike uma umberto una upton ursula ute uwe val
    valentina valentine valeria valerie vanessa vasily vaughn vera vernor veronica veronika veronique vicki vicky
    victor victoria vikram viktor vince vincent viola violet virginia vivian vivien vivienne vladimir wade wally
    walt walter wanda warren wayne wendell wendy werner wesley wilbur wilhelm wilhelmina wilkie will willa willem
    william willy wilma wilson winifred winona winston wolf wolfgang xavier yaa yann yasmin yasmina ygritte
    yolanda yoshi yukio yuri yusuf yuval yves yvette yvonne zach zachary zadie zane zelda zoe zora zoran
    anke annika anneke bogdan bozena cornelis daan dariusz deniz eino elif femke frode grzegorz gunnar haakon
    halldor hasan henk hendrika inaki istvan jacek jaap jadwiga janos jaroslav jeroen jiri joao joost jozsef
    jussi kaare kees krzysztof leena liesbeth lotte lucja lubos maarten magnhild malgorzata marek marijke marja marton
    matti merete mette miroslav olena ondrej orsolya ozgur pawel piet pieter piotr reka rasmus ruben saskia
    sanne sjoerd solveig stanislav taavi tadeusz tarjei teodor thordis tomasz toomas torbjorn vaclav
    wieslaw wim wojciech wouter yasar zbigniew zdenek zeynep zofia zoltan zsofia
    александр александра алексеи алексия алла анатолии анастасия андреи анна антон борис вадим валентин валентина
    василии виктор виктория владимир вячеслав галина георгии григории дарья денис дмитрии евгении евгения
    екатерина елена елизавета иван игорь илья ирина константин ксения лариса леонид людмила марина мария михаил
    наталия наталья никита николаи нина олена олег ольга павел петр полина светлана семен сергеи софия
    станислав тарас татьяна федор юлия юрии яна ярослав
    αλεξανδροσ αννα αντωνησ βασιλησ γιωργοσ γιαννησ δημητρησ ειρηνη ελενη κωστασ μαρια νικοσ παυλοσ σοφια χρηστοσ
    """.split()
)


def is_given_name(word: str) -> bool:
    """Whether a folded word is a common given name."""
    return word in _GIVEN


_HAN = regex("[\u3400-\u9fff\u3005]{2,5}")
_HANGUL = regex("[\uac00-\ud7a3]{2,4}")

# The commonest family names; together they are those of nine people in ten.
_CHINESE = frozenset(
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何林高梁郑鄭罗羅宋谢謝唐韩韓曹许許邓鄧萧蕭冯馮曾程蔡彭潘袁于董余苏蘇叶葉吕呂魏蒋蔣田杜丁沈"
    "姜范江傅钟鍾卢盧汪戴崔任陆陸廖姚方金邱夏谭譚韦韋贾賈邹鄒石熊孟秦阎閻薛侯雷白龙龍段郝孔邵史毛常万萬顾顧赖賴武康贺賀严嚴尹钱錢施牛洪龚龔莫鲁魯余"
)
_CHINESE_LONG = ("欧阳", "歐陽", "司马", "司馬", "诸葛", "諸葛", "上官", "东方", "慕容", "令狐", "独孤")
_JAPANESE = tuple(
    (
        "佐藤 鈴木 高橋 田中 伊藤 渡辺 渡邊 山本 中村 小林 加藤 吉田 山田 "
        "佐々木 山口 松本 井上 木村 清水 斎藤 斉藤 林 阿部 池田 橋本 山崎 "
        "石川 森 中島 前田 藤田 後藤 岡田 長谷川 村上 近藤 石井 坂本 遠藤 "
        "青木 藤井 西村 福田 太田 三浦 藤原 岡本 松田 中川 中野 小川 原田 "
        "川端 三島 夏目 芥川 太宰 谷崎 大江 東野 宮部 宮沢 宮崎 江戸川 "
        "横溝 京極 伊坂 湊 島田 松岡 恩田 角田 小野 川上 吉本 安部 有川 "
        "辻村 綾辻 米澤 北方 司馬 池波 藤沢 井伏 志賀 樋口 与謝野 石田 "
        "上橋 星 筒井 小松 梨木 森見 百田 柚月 原 桐野 今村 町田 村田 "
        "东野 宫部 宫崎 三岛 岛田 松冈"
    ).split()
)
_KOREAN = frozenset(
    "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모남탁국어은편용공지"
)
_EASTERN = regex("[\u3005\u3040-\u30fa\u30fc-\u30ff\u3400-\u9fff\uac00-\ud7a3 ]+")


def is_eastern(text: str) -> bool:
    """Whether a text is of these scripts alone; "・" stands in foreign names, of which nothing is known here."""
    return not text.isascii() and bool(_EASTERN.fullmatch(text))


@lru_cache(maxsize=4_096)
def is_eastern_name(text: str) -> bool:
    """Whether a text of these scripts alone looks like one person's name: 刘慈欣, 村上春樹, 김영하."""
    if _HANGUL.fullmatch(text):
        return len(text) == 3 and text[0] in _KOREAN
    if not _HAN.fullmatch(text):
        return False
    if text.startswith(_CHINESE_LONG):
        return len(text) in {3, 4}
    if len(text) > 2 and any(text.startswith(name) and len(text) - len(name) in {1, 2, 3} for name in _JAPANESE):
        return True
    return text[0] in _CHINESE and len(text) in {2, 3}
