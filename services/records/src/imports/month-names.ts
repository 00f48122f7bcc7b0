/** The names that months have in the languages of Europe and some others, long and short, by themselves and beside a day; from the CLDR, without
 *  accents and in small letters. Left out is what is one month here and another there: `listopad` is October in Croatia and November in Poland. */
const names = [
  `ean eanair ene enero gen gener gennaio ian ianuarie ion ionawr jaan jaanuar jan janar janeiro janner januar januara januari
    january janv janvaris janvier led leden ledna oca ocak sausio sausis sij sijecanj sijecnja sty styczen stycznia tammi tammikuu
    tammikuuta urt urtarrila xan xaneiro ιαν ιανουαριου сту студзень студзеня січ січень січня янв январь января януари јан јануар
    јануари`,
  `chw chwef chwefror feabh feabhra feb febbraio febr febreiro febrer febrero februar februara februari februarie februaris
    february fev fevereiro fevr fevrier helmi helmikuu helmikuuta lut lutego luty ots otsaila shk shkurt sub subat uno unor unora
    vasario vasaris veebr veebruar velj veljaca veljace φεβ φεβρουαριου лют лютага лютии лютого люты феб фебруар фев февр февраль
    февраля февруари`,
  `bre brezen brezna kovas kovo maalis maaliskuu maaliskuuta maart mac mar marc marca march marcius marco marec maret mars mart
    marta martie marts martxoa marz marzec marzo maw mawrth mrt ozu ozujak ozujka μαρ μαρτιου бер березень березня мар март марта
    сак сакавік сакавіка`,
  `abr abril aib aibrean api apirila apr april aprila aprile aprilie aprilis aprill avr avril balandis balandzio dub duben dubna
    ebr ebrill huhti huhtikuu huhtikuuta kwi kwiecien kwietnia nis nisan pri prill tra travanj travnja απρ απριλιου апр апрель
    апреля април квіт квітень квітня кра красавік красавіка`,
  `beal bealtaine geguze geguzes kve kveten kvetna mag maggio mai maiatza maig maijs maio maj maja majus may mayis mayo mei svi
    svibanj svibnja touko toukokuu toukokuuta μαι μαιου маи мая мај трав травень травня`,
  `birzelio birzelis cerven cervna cvn cze czerwca czerwiec eka ekaina giu giugno haz haziran iun iunie juin jun juna june junho
    juni junij junijs junio junius juny juuni kesa kesakuu kesakuuta lipanj lipnja meh mehefin meith meitheamh qer qershor xuno ιουν
    ιουνιου июн июнь июня черв червень червня чэр чэрвень чэрвеня юни јун јуни`,
  `cervence cervenec cvc gor gorff gorffennaf heina heinakuu heinakuuta iuil iul iulie juil juillet jul jula julai julho juli julij
    julijs julio juliol julius july juuli korr korrik liepa liepos lipca lipiec lug luglio srpanj srpnja tem temmuz uzt uztaila xul
    xullo ιουλ ιουλιου июл июль июля лип липень липня ліп ліпень ліпеня юли јул јули`,
  `abu abuztua ag ago agost agosto agu agust agustos agustus aout aug august augusta augusti augusts augustus augusztus avg avgust
    awst elo elokuu elokuuta gush gusht kol kolovoz kolovoza lun lunasa ogo ogos rugpjucio rugpjutis sie sierpien sierpnia srpen
    srpna αυγ αυγουστου авг август августа жні жнівень жніуня серп серпень серпня aou`,
  `eyl eylul ira iraila medi mfomh rugsejis rugsejo ruj rujan rujna sep sept septembar september septembra septembre septembrie
    septembris septiembre set setembre setembro settembre sht shtator syys syyskuu syyskuuta szept szeptember wrz wrzesien wrzesnia
    zar zari σεπ σεπτεμβριου вер верасень верасня вересень вересня сент сентябрь сентября сеп септембар септември`,
  `dfomh eki ekim hyd hydref loka lokakuu lokakuuta oct october octobre octombrie octubre okt oktobar oktober oktobra oktobris
    oktoober ott ottobre out outubro paz pazdziernik pazdziernika rij rijen rijna spalio spalis tet tetor urr urria οκτ οκτωβριου
    жовт жовтень жовтня кас кастрычнік кастрычніка окт октобар октомври октябрь октября`,
  `aza azaroa kas kasim lapkricio lapkritis listopadu marras marraskuu marraskuuta nen nentor noiembrie nov novembar november
    novembra novembre novembris novembro noviembre samh samhain stu studeni studenoga tach tachwedd νοε νοεμβριου лист листопад
    листопада ліс лістапад лістапада нов новембар ное ноември нояб ноябрь ноября`,
  `abe abendua ara aralik dec decembar december decembra decembre decembrie decembris decembro des desember desembre dets detsember
    dez dezember dezembro dhj dhjetor dic dicembre diciembre dis disember gru grudnia grudzien gruodis gruodzio joulu joulukuu
    joulukuuta noll nollaig pro prosinac prosinca prosince prosinec rhag rhagfyr δεκ δεκεμβριου груд грудень грудня дек декабрь
    декабря декември дец децембар сне снежань снежня`,
];
const months = new Map(names.flatMap((ofMonth, at) => ofMonth.split(/\s+/).map((name) => [name, at + 1] as const)));

/** What may be one. */
export const monthName = String.raw`[^\d\s.,/-]{2,15}\.?`;

/** 1 to 12; 0: no month is called so, or more than one. */
export function monthNamed(text: string): number {
  const plain = text.normalize('NFD').replaceAll(/\p{M}|\.$/gu, '');
  return months.get(plain.toLowerCase().replaceAll('ı', 'i')) ?? 0;
}
